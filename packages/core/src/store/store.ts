/**
 * The store: Kubernetes objects, their change log, wake-ups, operations and observations.
 * Two implementations (memory/, postgres/) pass one suite (conformance.ts).
 *
 * Glossary: a *plan* is what one reconcile or one API call wants written; a *commit* is a plan's one transaction;
 * a *wake* puts a reconciler's key into the queue; an *operation* is one act on metal or on a workload cluster, written
 * down before it is done; an *observation* is what a collector last saw, outside of any object.
 */
import type { GroupKind, Json, KubeObject, Ref } from './object.ts';
import type { Requirement } from './selector.ts';

/** One write. The store applies Kubernetes' rules (semantics.ts): uid, generation, finalizers, deletionTimestamp, no-op detection. */
export type Write =
  /** Fails with `alreadyExists`. The store gives uid, generation and creationTimestamp unless given. */
  | { op: 'create'; object: Draft }
  /** `was` is the version it was planned from; fails with `conflict` if that is no longer the stored one. Writing nothing new writes nothing. */
  | { op: 'update'; was: KubeObject; object: KubeObject }
  /** Sets deletionTimestamp while finalizers remain, else removes. */
  | { op: 'delete'; was: KubeObject; propagation?: Propagation };

/** How dependents go: metav1.DeletionPropagation. Default Background. */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** An object about to be created: what the store gives may be missing. */
export type Draft<Spec = unknown, Status = unknown> = Omit<KubeObject<Spec, Status>, 'metadata' | 'spec'> & {
  spec?: Spec;
  metadata: Partial<KubeObject['metadata']> & { name: string };
};

/** Puts keys into the queue: one key, or the keys of all objects a selector finds, resolved inside the commit's transaction. */
export type Wake =
  | { reconciler: string; namespace: string; name: string; at?: Date }
  | {
      reconciler: string;
      select: GroupKind & { namespace?: string; labels?: Record<string, string>; ownerUid?: string };
      at?: Date;
    };

/** What a plan stood on: the object must still have this version; '' = it must still be absent. */
export interface Expect {
  ref: Ref;
  resourceVersion: string;
}

/** A claimed key of the queue. Nobody else runs the key until it is given back. */
export interface Claim {
  reconciler: string;
  namespace: string;
  name: string;
  /** Number of this claim, higher for each later one: an old claim of the same key gives nothing back. */
  gen: number;
  /** How often this key failed in a row; drives the backoff. */
  failures: number;
}

/** One transaction. */
export interface Commit {
  expects?: Expect[];
  writes?: Write[];
  wakes?: Wake[];
  operations?: OperationWrite[];
  /** What is seen or said beside the objects, in the same transaction (the planner's because). */
  observations?: Observation[];
  /** Gives the claim back in the same transaction; `again` runs the key at that time even if nothing wakes it. */
  done?: { claim: Claim; again?: Date };
}

/** A commit's outcome: for each write the stored object, or null where it was removed or nothing changed was to be removed. */
export interface Committed {
  objects: (KubeObject | null)[];
  /** Which writes changed something. */
  changed: boolean[];
  resourceVersion: string;
}

/** An act on metal or a workload cluster: `intended` before it is tried, `running` while it goes on by itself. */
export interface Operation {
  /** Chosen by the planner, unique for this act: `<subject uid>/<epoch>/<step>`. Asking again for the same id never repeats what succeeded. */
  id: string;
  subject: Ref;
  subjectUid: string;
  /** A kind of runtime/operations.ts. */
  kind: string;
  args: Json;
  state: 'intended' | 'running' | 'succeeded' | 'failed';
  attempts: number;
  /** Not tried again before this. */
  notBefore?: string;
  /** What a running operation is known by on the other side (an agent's command id). */
  handle?: string;
  result?: Json;
  error?: { code: string; message: string; retryable: boolean };
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
}

/** Writes an operation's row. `from` guards the state it was in ('absent' = must not exist); a lost guard is a `conflict`. */
export interface OperationWrite {
  from: Operation['state'] | 'absent';
  operation: Operation;
}

/** What a collector last saw of a subject. Not an object: no resourceVersion, no history. */
export interface Observation {
  /** `refKey` of the object it is about, or another stable text (`node/<cluster uid>/<node name>`). */
  subject: string;
  /** Which collector: 'power', 'agent', 'node', 'controlplane', 'progress' … */
  source: string;
  data: Json;
  /** RFC 3339 with milliseconds. */
  seenAt: string;
}

/** What to list. */
export interface ListQuery extends GroupKind {
  namespace?: string;
  name?: string;
  labels?: Requirement[];
  /** At most this many; then `continue` names where to go on. */
  limit?: number;
  continue?: string;
}

/** A consistent page: all its objects as of `resourceVersion`. */
export interface ListResult {
  items: KubeObject[];
  resourceVersion: string;
  continue?: string;
  remaining?: number;
}

/** What to watch; without group and kind, everything. */
export interface WatchQuery {
  group?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  labels?: Requirement[];
  /** Events after this version. Older than the log's retention: `expired`. */
  resourceVersion: string;
  signal: AbortSignal;
  /** A BOOKMARK at least this often, milliseconds. 0 = none. */
  bookmarkEveryMs?: number;
}

/** A change. For a label watch an object that stops matching is DELETED and one that starts is ADDED, as in Kubernetes. */
export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject; resourceVersion: string }
  | { type: 'BOOKMARK'; resourceVersion: string };

/** A change as the store's hook sees it, before its commit: from it come the wake-ups of whoever reads that object. */
export interface Change {
  before: KubeObject | null;
  /** null = removed. */
  after: KubeObject | null;
}

/** Reading and writing. Every method throws AppError. */
export interface Store {
  /** The database's time. Planners' time is the time of the read. */
  now(): Promise<Date>;
  get(ref: Ref): Promise<KubeObject | null>;
  getByUid(uid: string): Promise<KubeObject | null>;
  list(query: ListQuery): Promise<ListResult>;
  /** Objects with this uid among their owner references. */
  dependents(ownerUid: string): Promise<KubeObject[]>;
  watch(query: WatchQuery): AsyncIterable<WatchEvent>;
  /** The version of the newest committed event: a watch from here misses nothing that a list from now shows. */
  head(): Promise<string>;
  commit(commit: Commit): Promise<Committed>;
  /** The operations of an object, newest first, at most 100. */
  operations(subjectUid: string): Promise<Operation[]>;
  observations(subject: string): Promise<Observation[]>;
  /** All observations of a source (for collectors and the console), at most `limit`. */
  observationsOf(source: string, limit: number): Promise<Observation[]>;
  /** Writes what was seen; `wakes` are for what changed materially. */
  observe(observations: Observation[], wakes?: Wake[]): Promise<void>;
  /** Observations written from now on, in order; the console's live stream of progress and power. */
  watchObservations(signal: AbortSignal): AsyncIterable<Observation>;
  forget(subject: string): Promise<void>;
  queue: Queue;
  /** Ends connections and watches. */
  close(): Promise<void>;
}

/** The wake-up queue: one row per key, the Kubernetes work-queue rule (DESIGN section 3, Queue). */
export interface Queue {
  /** Takes up to `limit` due keys of these reconcilers. */
  claim(limit: number, reconcilers?: readonly string[]): Promise<Claim[]>;
  wake(wakes: Wake[]): Promise<void>;
  /** Gives a key back without a commit: it runs again at `again`, if given; `failed` raises `failures`. A claim no longer held: nothing. */
  release(claim: Claim, outcome: { again?: Date; failed?: boolean }): Promise<void>;
  /**
   * Frees the keys of dead workers; returns how many. Called every second by each worker. With `atWork`, this process's own claims that
   * are not among them are freed, too: the answer that told of them was lost. No claim may be under way in this process meanwhile.
   */
  reclaim(atWork?: readonly Claim[]): Promise<number>;
  /** When the next key is due; null = none waits. Used to sleep. */
  nextDue(): Promise<Date | null>;
  /** Resolves when something may be due, or after `ms`. */
  idle(ms: number, signal: AbortSignal): Promise<void>;
  /** Keys waiting and claimed, for metrics. */
  depth(): Promise<{ waiting: number; due: number; claimed: number }>;
}

/** What both implementations are built with. */
export interface StoreOptions {
  /** The wake-ups a change causes: derived from the reconcilers' declarations; called for every change of every commit. */
  wakesOf: (change: Change) => Wake[];
  /** Top-level fields to encrypt at rest, by kind (Secret → ['data']). */
  secretFields: (kind: GroupKind) => readonly string[];
  newUid: () => string;
}
