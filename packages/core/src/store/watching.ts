/** Watches over an ordered log, the same for both stores: filters, label rules, bookmarks, ends. */
import { parseVersion } from './continue-token.ts';
import { copyJson } from './json.ts';
import { groupOf, type KubeObject } from './object.ts';
import { matches } from './selector.ts';
import type { WatchEvent, WatchQuery } from './store.ts';

/** One change in the log. The object carries the event's resourceVersion. */
export interface LogEntry {
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The new state; of a removed object the last one. */
  object: KubeObject;
  /** Labels before the change, for watches by label. */
  labelsBefore: Record<string, string> | undefined;
}

/** A log to watch. */
export interface EventLog {
  /** Entries after `after`, in order, at most a page; `upTo` is where to go on. Throws `expired`. */
  read(after: number, query: WatchQuery): Promise<{ entries: LogEntry[]; upTo: number }> | { entries: LogEntry[]; upTo: number };
  /** Resolves when the log may hold more than `after`, after `ms`, or on abort. */
  wait(after: number, ms: number, signal: AbortSignal): Promise<void>;
  /** True once the store is closed: watches end. */
  closed(): boolean;
}

/** A watch waits at most this long before it looks again, whatever it was told; a lost signal costs this much. */
const LONGEST_WAIT_MS = 5_000;

/** Follows a log from `query.resourceVersion` on. Ends without an error on abort and when the store closes. */
export async function* watchLog(log: EventLog, query: WatchQuery): AsyncIterable<WatchEvent> {
  let after = parseVersion(query.resourceVersion);
  let lastSent = Date.now();
  const every = query.bookmarkEveryMs ?? 0;
  while (!query.signal.aborted && !log.closed()) {
    const { entries, upTo } = await log.read(after, query);
    for (const entry of entries) {
      const event = eventFor(entry, query);
      if (!event) continue;
      if (query.signal.aborted) return;
      yield event;
      lastSent = Date.now();
    }
    const progressed = upTo > after;
    after = Math.max(after, upTo);
    if (every && Date.now() - lastSent >= every) {
      yield { type: 'BOOKMARK', resourceVersion: String(after) };
      lastSent = Date.now();
    }
    if (progressed) continue;
    const untilBookmark = every ? Math.max(1, lastSent + every - Date.now()) : LONGEST_WAIT_MS;
    await log.wait(after, Math.min(untilBookmark, LONGEST_WAIT_MS), query.signal);
  }
}

/** The event a watch shows for a log entry, or null if it does not concern it. */
export function eventFor(entry: LogEntry, query: WatchQuery): WatchEvent | null {
  const { object } = entry;
  if (query.kind !== undefined && object.kind !== query.kind) return null;
  if (query.group !== undefined && groupOf(object.apiVersion) !== query.group) return null;
  if (query.namespace !== undefined && (object.metadata.namespace ?? '') !== query.namespace) return null;
  if (query.name !== undefined && object.metadata.name !== query.name) return null;
  const type = typeFor(entry, query);
  return type && { type, object: copyJson(object), resourceVersion: String(entry.version) };
}

function typeFor(entry: LogEntry, query: WatchQuery): LogEntry['type'] | null {
  if (!query.labels?.length) return entry.type;
  const now = matches(query.labels, entry.object.metadata.labels);
  const before = matches(query.labels, entry.labelsBefore);
  switch (entry.type) {
    case 'ADDED':
      return now ? 'ADDED' : null;
    case 'DELETED':
      return before ? 'DELETED' : null;
    case 'MODIFIED':
      if (now) return before ? 'MODIFIED' : 'ADDED';
      return before ? 'DELETED' : null;
    default:
      return entry.type satisfies never;
  }
}
