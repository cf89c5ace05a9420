/** How long a machine was in each phase of its making. Pure: from times that objects and operations carry, nothing estimated. */

/** `wait` for a host, the `agent` boots, the `image` is written, the server `boot`s from disk, the node `join`s. */
export type PhaseName = 'wait' | 'agent' | 'image' | 'boot' | 'join' | 'delete';

/** A stretch of time. `to` null = still going on. */
export interface Stretch {
  phase: PhaseName;
  from: string;
  to: string | null;
}

/** What is known of a machine's making; undefined = has not happened, or nobody saw it. */
export interface MachineTimes {
  created: string;
  /** Its host began to be provisioned. */
  claimed?: string;
  writeStarted?: string;
  writeEnded?: string;
  /** The server boots what was written. */
  provisioned?: string;
  /** The machine became Running. */
  running?: string;
  deleting?: string;
}

const ORDER = ['wait', 'agent', 'image', 'boot', 'join'] as const;

/** The stretches in order, the last one open unless the machine runs. A step nobody saw is passed over: its time counts to the one before. */
export function stretches(times: MachineTimes): Stretch[] {
  const starts = [times.created, times.claimed, times.writeStarted, times.writeEnded, times.provisioned];
  const begun = ORDER.flatMap((phase, index) => {
    const from = starts[index];
    // A host's history may tell of its previous machine: nothing before this machine's creation is about it.
    return from !== undefined && !isBefore(from, times.created) ? [{ phase, from }] : [];
  });
  const end = times.running ?? times.deleting ?? null;
  const made: Stretch[] = begun.map(({ phase, from }, index) => ({ phase, from, to: begun[index + 1]?.from ?? end }));
  const forward = made.filter(({ from, to }) => to === null || !isBefore(to, from));
  return times.deleting ? [...forward, { phase: 'delete', from: times.deleting, to: null }] : forward;
}

/** As times, not as texts: objects carry whole seconds, operations milliseconds. */
function isBefore(a: string, b: string): boolean {
  return Math.floor(Date.parse(a) / 1000) < Math.floor(Date.parse(b) / 1000);
}
