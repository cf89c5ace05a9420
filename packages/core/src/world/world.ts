/**
 * The world: the reconcilers as they are, on the memory store, with a fake clock and a seed. Keys run in random order, operations
 * are carried out by a model, and invariants are checked after every effect. A failure names the seed that repeats it.
 */
import { AppError } from '../errors.ts';
import type { Kind } from '../registry/define-kind.ts';
import type { Reconciler } from '../runtime/define-reconciler.ts';
import { wakesOf } from '../runtime/define-reconciler.ts';
import { type ExecutorPorts, type OperationRunner, runKey } from '../runtime/execute.ts';
import { LIMITS, type Limits } from '../runtime/limits.ts';
import { suffixFrom } from '../runtime/suffix.ts';
import { collectGarbage } from '../store/garbage.ts';
import { createMemoryStore } from '../store/memory/store.ts';
import type { KubeObject } from '../store/object.ts';
import type { Claim, Draft, Store } from '../store/store.ts';
import { seeded, shuffled } from './random.ts';

/** How a world is made. */
export interface WorldOptions {
  seed: number;
  reconcilers: readonly Reconciler[];
  runner: (world: World) => OperationRunner;
  ensureSecret?: (world: World) => ExecutorPorts['ensureSecret'];
  /** Throws when something that must always hold does not. */
  invariants?: ((world: World) => Promise<void>)[];
  limits?: Partial<Limits>;
  start?: Date;
}

/** A running world. */
export interface World {
  store: Store;
  random: () => number;
  /** The fake clock's time. */
  now: () => Date;
  /** Lets something happen at a later time: a server boots, an agent speaks. */
  after: (seconds: number, what: () => Promise<void>) => void;
  create: <Spec, Status>(object: Draft<Spec, Status>) => Promise<KubeObject<Spec, Status>>;
  /** Changes an object as a person would. */
  change: <Spec, Status>(
    kind: Kind<Spec, Status>,
    namespace: string,
    name: string,
    how: (object: KubeObject<Spec, Status>) => void,
  ) => Promise<void>;
  /** Runs until nothing is to be done within `horizonSeconds` (default one hour), or `until` holds. Throws when it does not come to rest. */
  settle: (options?: { horizonSeconds?: number; until?: () => Promise<boolean>; steps?: number }) => Promise<void>;
  /** One line per effect, in order: compared with golden files. */
  transcript: string[];
}

/** A settle that takes more turns than this does not come to rest. */
const MOST_TURNS = 50_000;

/** Makes a world. */
export function createWorld(options: WorldOptions): World {
  const random = seeded(options.seed);
  let now = options.start ?? new Date('2026-01-01T00:00:00Z');
  let uids = 0;
  const agenda: { at: number; what: () => Promise<void> }[] = [];
  const transcript: string[] = [];
  const store = createMemoryStore({
    wakesOf: wakesOf(options.reconcilers),
    secretFields: () => [],
    newUid: () => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
    now: () => now,
  });

  const world: World = {
    store,
    random,
    now: () => now,
    transcript,
    after: (seconds, what) => void agenda.push({ at: now.getTime() + Math.ceil(seconds * 1000), what }),
    async create(object) {
      const { objects } = await store.commit({ writes: [{ op: 'create', object: object as Draft }] });
      return objects[0] as never;
    },
    async change(kind, namespace, name, how) {
      const was = await store.get({ group: kind.group, kind: kind.kind, namespace, name });
      if (!was) throw new AppError('notFound', `${kind.kind} ${namespace}/${name} is not in this world`);
      const object = structuredClone(was);
      how(object as never);
      await store.commit({ writes: [{ op: 'update', was, object }] });
    },
    async settle({ horizonSeconds = 3600, until, steps = MOST_TURNS } = {}) {
      const end = now.getTime() + horizonSeconds * 1000;
      for (let turns = 0; turns < steps; turns++) {
        if (await until?.()) return;
        const claims = shuffled(await store.queue.claim(1000), random);
        for (const claim of claims) await turn(claim);
        if (claims.length > 0) {
          turns += claims.length - 1;
          continue;
        }
        const next = await nextTime();
        if (next === null || next > end) return;
        now = new Date(Math.max(next, now.getTime()));
        await happen();
      }
      throw new AppError(
        'internal',
        `seed ${options.seed}: the world did not come to rest in ${steps} turns; last: ${transcript.slice(-5).join(' | ')}`,
      );
    },
  };

  const ports: ExecutorPorts = {
    store,
    runner: options.runner(world),
    ensureSecret: options.ensureSecret?.(world) ?? (async () => undefined),
    suffix: () => suffixFrom(random),
    limits: { ...LIMITS, ...options.limits },
    log: (level, message, detail) => {
      if (level === 'error')
        throw new AppError('internal', `seed ${options.seed}: ${message}: ${describe(detail)}`, { cause: detail.error });
    },
    after: async ({ reconciler, key, plan }) => {
      const did = plan.actions.map((action) => (action.do === 'operation' ? action.operation.kind : action.do));
      if (did.length > 0) transcript.push(`${now.toISOString().slice(11, 19)} ${reconciler} ${key}: ${did.join(', ')}`);
      for (const invariant of options.invariants ?? []) await invariant(world);
    },
  };

  async function turn(claim: Claim): Promise<void> {
    const reconciler = options.reconcilers.find(({ name }) => name === claim.reconciler);
    if (reconciler) await runKey(ports, reconciler, claim);
    else {
      if (claim.reconciler === 'garbage-collector') await collectGarbage(store, claim.name);
      await store.queue.release(claim, {});
    }
  }

  async function nextTime(): Promise<number | null> {
    const due = await store.queue.nextDue();
    const times = [...agenda.map(({ at }) => at), ...(due ? [due.getTime()] : [])];
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Lets everything happen whose time has come. */
  async function happen(): Promise<void> {
    const ripe = agenda.filter(({ at }) => at <= now.getTime());
    for (const event of ripe) {
      agenda.splice(agenda.indexOf(event), 1);
      await event.what();
    }
  }

  return world;
}

function describe(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([key, value]) => `${key}=${value instanceof Error ? value.message : String(value)}`)
    .join(' ');
}
