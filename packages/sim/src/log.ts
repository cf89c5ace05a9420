/** What happened to the simulated hardware: the witness of tests that each destructive operation ran once. */

/** Kinds of entries. Destructive ones: power, erase, write-image. */
export type LogKind =
  | 'power-on'
  | 'power-off'
  | 'insert'
  | 'eject'
  | 'boot-once'
  | 'agent-start'
  | 'agent-stop'
  | 'inspection'
  | 'erase'
  | 'write-image'
  | 'install-bootloader'
  | 'os-start'
  | 'os-stop'
  | 'no-boot-device'
  | 'fault'
  | 'node';

/** One entry. */
export interface LogEntry {
  /** RFC 3339. */
  at: string;
  host: string;
  kind: LogKind;
  detail: string;
}

/** A bounded log. */
export interface HardwareLog {
  add(host: string, kind: LogKind, detail?: string): void;
  /** Oldest first; of one host if given. */
  entries(host?: string): LogEntry[];
}

const MOST = 50_000;

/** Makes an empty log; `onEntry` sees each entry as it comes. */
export function makeLog(onEntry?: (entry: LogEntry) => void): HardwareLog {
  const all: LogEntry[] = [];
  return {
    add(host, kind, detail = '') {
      const entry = { at: new Date().toISOString(), host, kind, detail };
      all.push(entry);
      if (all.length > MOST) all.splice(0, MOST / 10);
      onEntry?.(entry);
    },
    entries: (host) => all.filter((entry) => host === undefined || entry.host === host),
  };
}
