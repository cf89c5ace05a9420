/** The memory store's change log: bounded, with a bell for watchers. */
import { expired } from '../continue-token.ts';
import { type Bell, createBell } from '../signals.ts';
import type { EventLog, LogEntry } from '../watching.ts';

/** Entries of one read; a watcher far behind goes on in steps. */
const PAGE = 500;

/** A log in memory. */
export interface MemoryLog extends EventLog {
  append(entries: LogEntry[]): void;
  /** Version of the newest entry, or where the log began. */
  head(): number;
  /** Throws `expired` if changes after this version are no longer kept. */
  reaches(version: number): void;
  close(): void;
}

/** Makes a log that keeps at least `retention` entries and starts after version `start`. */
export function createLog(retention: number, start: number): MemoryLog {
  let entries: LogEntry[] = [];
  /** Changes up to this version are forgotten. */
  let floor = start;
  let head = start;
  let ended = false;
  const bell: Bell = createBell();

  const reaches = (version: number) => {
    if (version < floor) throw expired(version, floor);
  };

  return {
    head: () => head,
    reaches,
    closed: () => ended,
    close() {
      ended = true;
      bell.ring();
    },
    append(fresh) {
      if (!fresh.length) return;
      entries.push(...fresh);
      head = fresh.at(-1)!.version;
      // Cut at twice the size, so that cutting stays cheap.
      if (entries.length > retention * 2) {
        floor = entries[entries.length - retention - 1]!.version;
        entries = entries.slice(-retention);
      }
      bell.ring();
    },
    read(after) {
      reaches(after);
      const first = firstAfter(entries, after);
      const page = entries.slice(first, first + PAGE);
      return { entries: page, upTo: page.at(-1)?.version ?? after };
    },
    async wait(after, ms, signal) {
      if (head > after || ended) return;
      await bell.wait(ms, signal);
    },
  };
}

function firstAfter(entries: LogEntry[], version: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.version > version) high = middle;
    else low = middle + 1;
  }
  return low;
}
