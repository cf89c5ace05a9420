/**
 * From a commit to what it will write: Kubernetes' rules applied to the current objects, and every wake-up that follows.
 * Pure but for `newUid`. The stores then check guards and apply it in one transaction.
 */
import { AppError } from '../errors.ts';
import { type KubeObject, type Ref, refKey, refOf } from './object.ts';
import { applyCreate, applyDelete, applyUpdate, FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from './semantics.ts';
import type { Change, Claim, Commit, StoreOptions, Wake, Write } from './store.ts';

/** The garbage collector's name in the queue; its keys are owner uids. */
export const GARBAGE_COLLECTOR = 'garbage-collector';

/** One write, ready. NONE writes nothing; its `object` is the answer. */
export type PreparedWrite =
  | { type: 'NONE'; object: KubeObject | null }
  | { type: 'ADDED'; before: null; after: KubeObject }
  | { type: 'MODIFIED' | 'DELETED'; before: KubeObject; after: KubeObject };

/** A commit, ready. */
export interface Prepared {
  writes: PreparedWrite[];
  wakes: Wake[];
  /** Owners that new references name: the collector must look at those that are already gone. */
  owners: string[];
}

/** Applies the rules to every write. `current` finds the stored object by uid. Throws `conflict` and `invalid`. */
export function prepare(
  commit: Commit,
  current: (uid: string) => KubeObject | undefined,
  options: Pick<StoreOptions, 'wakesOf' | 'newUid'>,
  now: Date,
): Prepared {
  const writes = (commit.writes ?? []).map((write) => prepareWrite(write, current, options, now));
  onceEach(writes);
  const wakes = [...(commit.wakes ?? [])];
  const owners = new Set<string>();
  for (const write of writes) {
    if (write.type === 'NONE') continue;
    const change: Change = { before: write.before, after: write.type === 'DELETED' ? null : write.after };
    wakes.push(...options.wakesOf(change), ...collectorWakes(change));
    for (const uid of newOwners(change)) owners.add(uid);
  }
  return { writes, wakes, owners: [...owners] };
}

function prepareWrite(
  write: Write,
  current: (uid: string) => KubeObject | undefined,
  options: Pick<StoreOptions, 'newUid'>,
  now: Date,
): PreparedWrite {
  if (write.op === 'create') return { type: 'ADDED', before: null, after: applyCreate(write.object, options.newUid(), now) };
  const stored = current(write.was.metadata.uid);
  if (!stored) {
    // What was to be deleted is gone: the wish is fulfilled.
    if (write.op === 'delete') return { type: 'NONE', object: null };
    throw conflictOn(refOf(write.was), write.was.metadata.resourceVersion, '');
  }
  const version = stored.metadata.resourceVersion;
  if (version !== write.was.metadata.resourceVersion) {
    throw conflictOn(refOf(stored), write.was.metadata.resourceVersion, version);
  }
  const outcome = write.op === 'update' ? applyUpdate(stored, write.object) : applyDelete(stored, write.propagation, now);
  return outcome.type === 'UNCHANGED' ? { type: 'NONE', object: outcome.before } : outcome;
}

/** The collector's wake-ups: an owner that goes or waits for its dependents, and the owners a dependent leaves. */
function collectorWakes({ before, after }: Change): Wake[] {
  const uids = new Set<string>();
  if (before && !after) uids.add(before.metadata.uid);
  if (after?.metadata.deletionTimestamp && waitsForDependents(after)) uids.add(after.metadata.uid);
  const kept = new Set(after?.metadata.ownerReferences?.map((owner) => owner.uid));
  for (const owner of before?.metadata.ownerReferences ?? []) if (!kept.has(owner.uid)) uids.add(owner.uid);
  return [...uids].map((name) => ({ reconciler: GARBAGE_COLLECTOR, namespace: '', name }));
}

function waitsForDependents(object: KubeObject): boolean {
  return object.metadata.finalizers?.some((f) => f === FOREGROUND_FINALIZER || f === ORPHAN_FINALIZER) ?? false;
}

function newOwners({ before, after }: Change): string[] {
  const known = new Set(before?.metadata.ownerReferences?.map((owner) => owner.uid));
  return (after?.metadata.ownerReferences ?? []).map((owner) => owner.uid).filter((uid) => !known.has(uid));
}

/** Two writes of one object (or name) in one commit cannot both stand on the version they were planned from. */
function onceEach(writes: PreparedWrite[]): void {
  const seen = new Set<string>();
  for (const write of writes) {
    if (write.type === 'NONE') continue;
    const key = refKey(refOf(write.after));
    if (seen.has(key)) throw new AppError('badRequest', `One commit writes ${key} twice; merge the writes.`);
    seen.add(key);
  }
}

/** The conflict error: what changed, from which version to which ('' = gone). */
export function conflictOn(ref: Ref, planned: string, stored: string): AppError {
  const place = ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
  const what = !stored
    ? `is gone (it was read at version ${planned})`
    : planned === ''
      ? `exists now at version ${stored}, though it was planned to be absent`
      : `has been modified: version ${stored}, planned from ${planned}`;
  return new AppError('conflict', `${ref.kind} ${place} ${what}. Read it again and repeat the change.`, { subject: ref });
}

/** The error for a create whose name is taken. */
export function existsAlready(ref: Ref): AppError {
  const place = ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
  return new AppError('alreadyExists', `${ref.kind} ${place} already exists.`, { subject: ref });
}

/** The error for an operation that is not in the state it was planned from. */
export function operationConflict(id: string, planned: string, stored: string): AppError {
  return new AppError(
    'conflict',
    `Operation ${id} is ${stored}, not ${planned} as planned: someone else has moved it on. Read it again.`,
  );
}

/** The error for a claim that is not held any more. */
export function claimLost({ reconciler, namespace, name }: Claim): AppError {
  const key = namespace ? `${namespace}/${name}` : name;
  return new AppError('conflict', `The claim on ${reconciler} ${key} is no longer held: another worker has taken it over.`);
}
