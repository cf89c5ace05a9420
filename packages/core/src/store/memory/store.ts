/** The store in memory: for tests, World and forecasts. One process, nothing kept; the same rules as Postgres (conformance.ts). */
import { AppError } from '../../errors.ts';
import { decodeContinue, encodeContinue } from '../continue-token.ts';
import { copyJson } from '../json.ts';
import { groupOf, type KubeObject, refOf } from '../object.ts';
import { conflictOn, existsAlready, GARBAGE_COLLECTOR, type Prepared, prepare } from '../prepare.ts';
import { matches } from '../selector.ts';
import type { Commit, Committed, ListQuery, ListResult, Store, StoreOptions, Wake } from '../store.ts';
import { type LogEntry, watchLog } from '../watching.ts';
import { createLog, type MemoryLog } from './log.ts';
import { createObjects, isAfter, type Objects } from './objects.ts';
import { createObservations } from './observations.ts';
import { createOperations, type Operations } from './operations.ts';
import { createQueue, type KeyWake, type MemoryQueue } from './queue.ts';

/** The first event gets the next number: clients of the Kubernetes API read 0 as "any version". */
const FIRST_VERSION = 1;

/** What a memory store is built with. */
export interface MemoryStoreOptions extends StoreOptions {
  /** The clock; World brings its own. */
  now?: () => Date;
  /** Events kept for watches; default 10,000. */
  eventRetention?: number;
  /** Objects it starts with, kept exactly as they are (a forecast's copy of the fleet). No events, no wake-ups. */
  objects?: Iterable<KubeObject>;
}

interface Parts {
  options: MemoryStoreOptions;
  now: () => Date;
  objects: Objects;
  log: MemoryLog;
  queue: MemoryQueue;
  operations: Operations;
}

/** Makes a store in memory. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const now = options.now ?? (() => new Date());
  const objects = createObjects();
  let start = FIRST_VERSION;
  for (const object of options.objects ?? []) {
    objects.put(copyJson(object));
    start = Math.max(start, Number(object.metadata.resourceVersion) || 0);
  }
  const log = createLog(options.eventRetention ?? 10_000, start);
  const queue = createQueue(now);
  const operations = createOperations();
  const observations = createObservations();
  const parts: Parts = { options, now, objects, log, queue, operations };
  const copyOrNull = (object: KubeObject | undefined) => (object ? copyJson(object) : null);

  return {
    now: async () => now(),
    get: async (ref) => copyOrNull(objects.byRef(ref)),
    getByUid: async (uid) => copyOrNull(objects.byUid(uid)),
    list: async (query) => list(parts, query),
    dependents: async (ownerUid) => objects.ownedBy(ownerUid).map(copyJson),
    watch: (query) => watchLog(log, query),
    head: async () => String(log.head()),
    async commit(commit) {
      const committed = apply(parts, commit);
      observations.put(commit.observations ?? []);
      return committed;
    },
    operations: async (subjectUid) => operations.of(subjectUid),
    observations: async (subject) => observations.of(subject),
    observationsOf: async (source, limit) => observations.bySource(source, limit),
    async observe(seen, wakes = []) {
      observations.put(seen);
      queue.add(resolve(objects, wakes));
    },
    watchObservations: (signal) => observations.follow(signal),
    forget: async (subject) => observations.forget(subject),
    queue: { ...queue, wake: async (wakes) => queue.add(resolve(objects, wakes)) },
    async close() {
      log.close();
      queue.close();
      observations.close();
    },
  };
}

/** One commit, synchronous and so atomic: all guards first, then all writes. */
function apply(parts: Parts, commit: Commit): Committed {
  const { objects, operations, queue, log, options } = parts;
  for (const { ref, resourceVersion } of commit.expects ?? []) {
    const stored = objects.byRef(ref)?.metadata.resourceVersion ?? '';
    if (stored !== resourceVersion) throw conflictOn(ref, resourceVersion, stored);
  }
  const prepared = prepare(commit, (uid) => objects.byUid(uid), options, parts.now());
  for (const write of prepared.writes) {
    if (write.type !== 'ADDED') continue;
    const ref = refOf(write.after);
    if (objects.byRef(ref) || objects.byUid(write.after.metadata.uid)) throw existsAlready(ref);
  }
  operations.guard(commit.operations ?? []);
  if (commit.done) queue.held(commit.done.claim);

  const entries = write(parts, prepared);
  operations.put(commit.operations ?? []);
  if (commit.done) queue.finish(commit.done.claim, commit.done.again);
  const gone = prepared.owners.filter((uid) => !objects.byUid(uid));
  const collector: Wake[] = gone.map((name) => ({ reconciler: GARBAGE_COLLECTOR, namespace: '', name }));
  queue.add(resolve(objects, [...prepared.wakes, ...collector]));
  log.append(entries);
  return {
    objects: prepared.writes.map((one) => {
      if (one.type === 'DELETED') return null;
      const object = one.type === 'NONE' ? one.object : one.after;
      return object && copyJson(object);
    }),
    changed: prepared.writes.map((one) => one.type !== 'NONE'),
    resourceVersion: String(log.head()),
  };
}

function write({ objects, log }: Parts, prepared: Prepared): LogEntry[] {
  const entries: LogEntry[] = [];
  let version = log.head();
  for (const one of prepared.writes) {
    if (one.type === 'NONE') continue;
    one.after.metadata.resourceVersion = String(++version);
    if (one.type === 'DELETED') objects.remove(one.before);
    else objects.put(one.after);
    entries.push({ version, type: one.type, object: one.after, labelsBefore: one.before?.metadata.labels });
  }
  return entries;
}

/** Keys of a wake-up; a selection is resolved against the objects as they are after the commit's writes. */
function resolve(objects: Objects, wakes: readonly Wake[]): KeyWake[] {
  return wakes.flatMap((wake) => {
    if ('name' in wake) return [wake];
    const { namespace, labels = {}, ownerUid } = wake.select;
    const found = ownerUid === undefined ? objects.ofKind(wake.select) : objects.ownedBy(ownerUid);
    return found
      .filter((object) => {
        const { metadata } = object;
        if (object.kind !== wake.select.kind || groupOf(object.apiVersion) !== wake.select.group) return false;
        if (namespace !== undefined && (metadata.namespace ?? '') !== namespace) return false;
        return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
      })
      .map(({ metadata }) => ({
        reconciler: wake.reconciler,
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        at: wake.at,
      }));
  });
}

function list({ objects, log }: Parts, query: ListQuery): ListResult {
  const token = query.continue === undefined ? undefined : decodeContinue(query.continue);
  if (token) log.reaches(Number(token.resourceVersion));
  if (query.limit !== undefined && query.limit < 0)
    throw new AppError('badRequest', `A list's limit is not negative: ${query.limit}.`);
  const found = objects.ofKind(query).filter(({ metadata }) => {
    if (query.namespace !== undefined && (metadata.namespace ?? '') !== query.namespace) return false;
    if (query.name !== undefined && metadata.name !== query.name) return false;
    return !query.labels || matches(query.labels, metadata.labels);
  });
  const rest = token ? found.filter((object) => isAfter(object, token)) : found;
  const resourceVersion = token?.resourceVersion ?? String(log.head());
  const page = query.limit ? rest.slice(0, query.limit) : rest;
  const items = page.map(copyJson);
  const last = page.at(-1);
  if (!last || page.length === rest.length) return { items, resourceVersion };
  return {
    items,
    resourceVersion,
    continue: encodeContinue({ resourceVersion, namespace: last.metadata.namespace ?? '', name: last.metadata.name }),
    // As in Kubernetes: a selector makes the count unknown.
    ...(query.labels?.length ? {} : { remaining: rest.length - page.length }),
  };
}
