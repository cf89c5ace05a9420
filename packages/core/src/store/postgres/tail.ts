/**
 * The end of the log, read once per process for all its watchers. A watcher that is further behind reads for itself.
 * While nobody watches nothing is read.
 */
import { isCode } from '../../errors.ts';
import { expired } from '../continue-token.ts';
import { createBell } from '../signals.ts';
import type { WatchQuery } from '../store.ts';
import type { EventLog, LogEntry } from '../watching.ts';
import type { Database } from './database.ts';
import type { EventRow, Rows } from './rows.ts';

/** The tail of the log. */
export interface Tail extends EventLog {
  /** Something was committed: look now. */
  poke(): void;
  /** Watchers come and go. */
  enter(): void;
  leave(): void;
  close(): Promise<void>;
}

/** Without a signal the log is looked at this often: a signal may be lost with its connection. */
const POLL_MS = 100;
const RETRY_MS = 250;
const PAGE = 500;
/** Entries kept for watchers that are a little behind. */
const KEPT = 4_000;

/** Makes a tail; it reads while somebody watches. */
export function createTail(database: Database, rows: Rows): Tail {
  let kept: LogEntry[] = [];
  /** `kept` holds every change after `from` up to `position`; -1 = not reading. */
  let from = -1;
  let position = -1;
  let watchers = 0;
  let closed = false;
  let reading: Promise<void> | undefined;
  const grown = createBell();
  const poked = createBell();
  let dirty = false;

  const forget = () => {
    kept = [];
    from = position = -1;
  };
  const advance = async () => {
    if (position < 0) {
      const [row] = await database.rows<{ head: string }>('head');
      from = position = Number(row!.head);
    }
    const page = await readPage(database, rows, position, {}, PAGE);
    kept.push(...page.entries);
    position = Math.max(position, page.upTo);
    if (kept.length > KEPT * 2) {
      from = kept[kept.length - KEPT - 1]!.version;
      kept = kept.slice(-KEPT);
    }
    if (page.entries.length) grown.ring();
    return page.entries.length === PAGE;
  };
  const follow = async () => {
    while (watchers > 0 && !closed) {
      dirty = false;
      try {
        if (await advance()) continue;
      } catch (error) {
        // This process slept for longer than changes are kept: begin anew at the end; each watcher learns for itself what it missed.
        if (isCode(error, 'expired')) forget();
        // Else the database is away: what was read stays true, and the next look goes on from there.
        await poked.wait(RETRY_MS);
        continue;
      }
      if (!dirty) await poked.wait(POLL_MS);
    }
    forget();
    reading = undefined;
    if (watchers > 0 && !closed) reading = follow();
  };

  return {
    closed: () => closed,
    poke() {
      dirty = true;
      poked.ring();
    },
    enter() {
      watchers++;
      reading ??= follow();
    },
    leave() {
      watchers--;
      poked.ring();
    },
    async read(after, query) {
      if (from >= 0 && after >= from && after <= position) {
        return { entries: kept.slice(firstAfter(kept, after)), upTo: position };
      }
      // Ahead of the log (a version of the future): nothing to read until the log is there.
      if (position >= 0 && after > position) return { entries: [], upTo: after };
      try {
        return await readPage(database, rows, after, query, PAGE);
      } catch (error) {
        if (!isCode(error, 'unavailable') && !isCode(error, 'timeout')) throw error;
        await poked.wait(RETRY_MS, query.signal);
        return { entries: [], upTo: after };
      }
    },
    async wait(after, ms, signal) {
      if (position > after || closed) return;
      await grown.wait(ms, signal);
    },
    async close() {
      closed = true;
      grown.ring();
      poked.ring();
      await reading;
    },
  };
}

/** A page of the log. Throws `expired` if changes after `after` may have been dropped before they were read. */
async function readPage(
  database: Database,
  rows: Rows,
  after: number,
  query: Pick<WatchQuery, 'group' | 'kind' | 'namespace' | 'name'>,
  limit: number,
): Promise<{ entries: LogEntry[]; upTo: number }> {
  const { group = null, kind = null, namespace = null, name = null } = query;
  const found = await database.rows<EventRow & { head: string }>('events', [after, group, kind, namespace, name, limit]);
  const [log] = await database.rows<{ floor: string }>('floor');
  if (Number(log!.floor) > after) throw expired(after, Number(log!.floor));
  const entries = found.filter((row) => row.version !== null).map((row) => rows.entry(row));
  const head = Number(found[0]!.head);
  return { entries, upTo: entries.length === limit ? entries.at(-1)!.version : Math.max(head, after) };
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
