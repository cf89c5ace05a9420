/**
 * A worker: takes due keys of the queue and runs their handlers, many at a time (mostly waiting for hardware). Reconcilers,
 * collectors and the garbage collector are all handlers of keys. Any number of workers on any number of machines.
 */
import type { Claim, Store, Wake } from '../store/store.ts';
import type { Reconciler } from './define-reconciler.ts';
import { type ExecutorPorts, runKey } from './execute.ts';

/** Runs one claimed key and gives it back to the queue. Must not throw. */
export type Handler = (claim: Claim) => Promise<unknown>;

/** What a worker is made of. */
export interface WorkerOptions {
  store: Store;
  /** By reconciler name. */
  handlers: Record<string, Handler>;
  concurrency: number;
  log: ExecutorPorts['log'];
  /** Wakes everything at start and then this often, in case a wake-up was missed. */
  sweep: { everySeconds: number; wakes: Wake[] };
}

/** A running worker. */
export interface Worker {
  /** Stops taking keys and waits for those at work, at most `ms`. */
  stop: (ms: number) => Promise<void>;
}

/** The handlers of a list of reconcilers. */
export function reconcilerHandlers(reconcilers: readonly Reconciler[], ports: ExecutorPorts): Record<string, Handler> {
  return Object.fromEntries(
    reconcilers.map((reconciler) => [reconciler.name, (claim: Claim) => runKey(ports, reconciler, claim)]),
  );
}

/** Sweep wake-ups: all objects of each reconciler's kind. */
export function sweepWakes(reconcilers: readonly Reconciler[]): Wake[] {
  return reconcilers.map(({ name, for: { group, kind } }) => ({ reconciler: name, select: { group, kind } }));
}

/** Dead workers' keys are looked for this often; with takeover "within seconds". */
const RECLAIM_MS = 1000;
/** About half an hour of a database that does not answer. */
const GIVE_BACK_TRIES = 180;
/** The longest sleep without a look at the queue. */
const IDLE_MS = 1000;

/** Starts a worker. It survives a database that goes away and comes back. */
export function startWorker(options: WorkerOptions): Worker {
  const { store, log } = options;
  const stopping = new AbortController();
  const atWork = new Set<Promise<unknown>>();
  const names = Object.keys(options.handlers);
  const timers = [
    setInterval(() => guarded(log, 'reclaim', () => store.queue.reclaim()), RECLAIM_MS),
    setInterval(() => guarded(log, 'sweep', () => store.queue.wake(options.sweep.wakes)), options.sweep.everySeconds * 1000),
  ];
  void guarded(log, 'sweep', () => store.queue.wake(options.sweep.wakes));

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const room = options.concurrency - atWork.size;
      const claims = room > 0 ? ((await guarded(log, 'claim', () => store.queue.claim(room, names))) ?? []) : [];
      for (const claim of claims) track(atWork, run(options, claim));
      if (claims.length === room && room > 0) continue;
      const idle = store.queue.idle(IDLE_MS, stopping.signal).catch(() => pause(IDLE_MS));
      await Promise.race(atWork.size >= options.concurrency ? [...atWork] : [idle]);
    }
  })();

  return {
    async stop(ms) {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.race([Promise.allSettled([loop, ...atWork]), pause(ms)]);
    },
  };
}

/** Runs a handler. A claim that its handler could not give back (the database was away) is given back here, however long it takes. */
async function run(options: WorkerOptions, claim: Claim): Promise<void> {
  const { store, log } = options;
  const what = `${claim.reconciler}/${claim.namespace}/${claim.name}`;
  try {
    const handler = options.handlers[claim.reconciler];
    if (handler) await handler(claim);
    else await store.queue.release(claim, {});
  } catch (error) {
    log('warn', `key ${what} failed`, { error });
    for (let tries = 0; tries < GIVE_BACK_TRIES; tries++) {
      await pause(Math.min(250 * 2 ** tries, 10_000));
      const given = await guarded(log, `giving back ${what}`, async () => {
        await store.queue.release(claim, { again: await store.now(), failed: true });
        return true;
      });
      if (given) return;
    }
    log('error', `key ${what} could not be given back; it is free again when this process ends`, {});
  }
}

function track(set: Set<Promise<unknown>>, promise: Promise<unknown>): void {
  set.add(promise);
  void promise.finally(() => set.delete(promise));
}

/** Work that may fail because the database is away: logged, never thrown, and slowed so that a dead database is not hammered. */
async function guarded<T>(log: ExecutorPorts['log'], what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    log('warn', `${what} failed`, { error });
    await pause(250);
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
