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
/** The longest sleep without a look at the queue. */
const IDLE_MS = 1000;

/** Starts a worker. It survives a database that goes away and comes back. */
export function startWorker(options: WorkerOptions): Worker {
  const { store, log } = options;
  const stopping = new AbortController();
  const atWork = new Map<Promise<void>, Claim>();
  const names = Object.keys(options.handlers);
  // Claims that are on their way to us must not be taken for strays.
  const alone = oneAtATime();
  const take = async (room: number): Promise<number> => {
    const claims = await store.queue.claim(room, names);
    for (const claim of claims) {
      const running = run(options, claim).finally(() => atWork.delete(running));
      atWork.set(running, claim);
    }
    return claims.length;
  };
  let reclaiming = false;
  const reclaim = async () => {
    if (reclaiming) return;
    reclaiming = true;
    await guarded(log, 'reclaim', () => alone(() => store.queue.reclaim([...atWork.values()])));
    reclaiming = false;
  };
  const timers = [
    setInterval(() => void reclaim(), RECLAIM_MS),
    setInterval(() => guarded(log, 'sweep', () => store.queue.wake(options.sweep.wakes)), options.sweep.everySeconds * 1000),
  ];
  void guarded(log, 'sweep', () => store.queue.wake(options.sweep.wakes));

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const room = options.concurrency - atWork.size;
      const taken = room > 0 ? await guarded(log, 'claim', () => alone(() => take(room))) : 0;
      if (taken === room && room > 0) continue;
      const idle = store.queue.idle(IDLE_MS, stopping.signal).catch(() => pause(IDLE_MS));
      await Promise.race(atWork.size >= options.concurrency ? [...atWork.keys()] : [idle]);
    }
  })();

  return {
    async stop(ms) {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.race([Promise.allSettled([loop, ...atWork.keys()]), pause(ms)]);
    },
  };
}

/** Runs a handler. A claim that cannot be given back (the database is away) is a stray then, and freed as soon as the database is back. */
async function run(options: WorkerOptions, claim: Claim): Promise<void> {
  const { store, log } = options;
  const what = `${claim.reconciler}/${claim.namespace}/${claim.name}`;
  try {
    const handler = options.handlers[claim.reconciler];
    if (handler) await handler(claim);
    else await store.queue.release(claim, {});
  } catch (error) {
    log('warn', `key ${what} failed`, { error });
    await guarded(log, `giving back ${what}`, async () => {
      await store.queue.release(claim, { again: await store.now(), failed: true });
    });
  }
}

/** Runs what it is given one after the other. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
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
