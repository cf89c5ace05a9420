/**
 * The live stream: one per browser tab. It says what changed (names and versions, never content); the tab then asks its queries again.
 * The stream carries hints, the query is the truth.
 */
import { isCode } from '@slipway/core/errors.ts';
import { groupOf } from '@slipway/core/store/object.ts';
import type { Store } from '@slipway/core/store/store.ts';
import { TRPCError } from '@trpc/server';

/** An object that was made, changed or removed. */
export interface ObjectHint {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  resourceVersion: string;
}

/** A datum a collector has read anew. */
export interface ObservationHint {
  subject: string;
  source: string;
}

/** One message of the stream. `snapshot` = everything may have changed (at the start, and after a gap); `beat` = nothing did. */
export type LiveMessage =
  | { type: 'snapshot'; at: string }
  | { type: 'changes'; at: string; objects: ObjectHint[]; observations: ObservationHint[] }
  | { type: 'beat'; at: string };

/** Timing of the stream. Beats are the stream's heartbeat (DESIGN-LANGUAGE section 4: 5 s); hints are gathered for a moment. */
export interface LiveTiming {
  beatMs: number;
  gatherMs: number;
}

const TIMING: LiveTiming = { beatMs: 5000, gatherMs: 150 };

/** Hints kept between two messages; beyond it a snapshot says the same in one word. */
const MOST_HINTS = 2000;

interface Gathered {
  objects: Map<string, ObjectHint>;
  observations: Map<string, ObservationHint>;
  version: string;
  overflow: boolean;
  failed: unknown;
  wake: () => void;
}

/**
 * Messages with the version a reconnecting tab resumes from. Ends when `signal` aborts or `allowed` (asked on each beat) says no.
 * `from` older than the log's retention starts with a snapshot.
 */
export async function* liveMessages(
  store: Store,
  options: { from?: string; signal: AbortSignal; allowed: () => Promise<boolean>; timing?: LiveTiming },
): AsyncGenerator<{ id: string; message: LiveMessage }> {
  const { beatMs, gatherMs } = options.timing ?? TIMING;
  const stop = new AbortController();
  const end = () => stop.abort();
  options.signal.addEventListener('abort', end, { once: true });
  if (options.signal.aborted) end();
  const head = await store.head();
  const gathered = empty(options.from ?? head);
  try {
    if (options.from === undefined) yield message(gathered, 'snapshot');
    void gatherObjects(store, gathered, stop.signal);
    void gatherObservations(store, gathered, stop.signal);
    while (!stop.signal.aborted) {
      const something = await waitForHint(gathered, beatMs, stop.signal);
      if (stop.signal.aborted) return;
      if (something) await pause(gatherMs, stop.signal);
      else if (!(await options.allowed())) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'The session has ended.' });
      yield take(gathered);
    }
  } finally {
    options.signal.removeEventListener('abort', end);
    end();
  }
}

function empty(version: string): Gathered {
  return { objects: new Map(), observations: new Map(), version, overflow: false, failed: undefined, wake: () => {} };
}

function message(gathered: Gathered, type: 'snapshot' | 'beat') {
  return { id: gathered.version, message: { type, at: new Date().toISOString() } };
}

function take(gathered: Gathered): { id: string; message: LiveMessage } {
  if (gathered.failed && !isCode(gathered.failed, 'expired')) throw gathered.failed;
  const objects = [...gathered.objects.values()];
  const observations = [...gathered.observations.values()];
  const { overflow } = gathered;
  gathered.objects.clear();
  gathered.observations.clear();
  gathered.overflow = false;
  if (overflow) return message(gathered, 'snapshot');
  if (objects.length + observations.length === 0) return message(gathered, 'beat');
  return { id: gathered.version, message: { type: 'changes', at: new Date().toISOString(), objects, observations } };
}

async function gatherObjects(store: Store, gathered: Gathered, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of store.watch({ resourceVersion: gathered.version, signal, bookmarkEveryMs: 10_000 })) {
        gathered.version = event.resourceVersion;
        if (event.type === 'BOOKMARK') continue;
        const { apiVersion, kind, metadata } = event.object;
        const hint = { group: groupOf(apiVersion), kind, namespace: metadata.namespace ?? '', name: metadata.name };
        note(gathered, gathered.objects, Object.values(hint).join('/'), { ...hint, resourceVersion: event.resourceVersion });
      }
    } catch (error) {
      if (!isCode(error, 'expired')) return fail(gathered, error);
      // The log no longer reaches back to where this tab was: it reads everything anew, and we go on from now.
      gathered.version = await store.head();
      gathered.overflow = true;
      gathered.wake();
    }
  }
}

async function gatherObservations(store: Store, gathered: Gathered, signal: AbortSignal): Promise<void> {
  try {
    for await (const { subject, source } of store.watchObservations(signal)) {
      note(gathered, gathered.observations, `${subject} ${source}`, { subject, source });
    }
  } catch (error) {
    fail(gathered, error);
  }
}

function fail(gathered: Gathered, error: unknown): void {
  gathered.failed = error;
  gathered.wake();
}

function note<Hint>(gathered: Gathered, hints: Map<string, Hint>, key: string, hint: Hint): void {
  if (hints.size < MOST_HINTS) hints.set(key, hint);
  else gathered.overflow = true;
  gathered.wake();
}

function anything(gathered: Gathered): boolean {
  return gathered.overflow || gathered.failed !== undefined || gathered.objects.size + gathered.observations.size > 0;
}

/** True as soon as there is something to say, false after `ms` of silence or on abort. */
function waitForHint(gathered: Gathered, ms: number, signal: AbortSignal): Promise<boolean> {
  if (anything(gathered)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (answer: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      gathered.wake = () => {};
      resolve(answer);
    };
    const aborted = () => done(false);
    const timer = setTimeout(() => done(false), ms);
    signal.addEventListener('abort', aborted, { once: true });
    gathered.wake = () => done(true);
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
    signal.addEventListener('abort', finish, { once: true });
  });
}
