/**
 * The garbage collector over owner references: background, foreground, orphan (Kubernetes' controller/garbagecollector).
 * The store wakes it for an owner's uid when that owner goes or waits, and when a dependent leaves it (prepare.ts).
 */
import { isCode } from '../errors.ts';
import type { KubeObject } from './object.ts';
import { GARBAGE_COLLECTOR } from './prepare.ts';
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from './semantics.ts';
import type { Propagation, Store, Write } from './store.ts';

/** What one pass did. */
export interface GarbagePass {
  /** Objects deleted, marked or changed. */
  changed: number;
  /** True if the bound was reached or somebody else was faster; the key has been woken again. */
  again: boolean;
}

/** Dependents handled in one pass; the rest follows in the next, so that a large tree does not hold a worker. */
const PER_PASS = 100;

/**
 * Looks after the dependents of one owner. Safe to repeat, and to run at the same time as other writers. What a pass leaves over it
 * puts back into the queue itself, so a worker only gives its claim back.
 */
export async function collectGarbage(store: Store, ownerUid: string): Promise<GarbagePass> {
  const pass = await passOver(store, ownerUid);
  if (pass.again) await store.queue.wake([{ reconciler: GARBAGE_COLLECTOR, namespace: '', name: ownerUid }]);
  return pass;
}

async function passOver(store: Store, ownerUid: string): Promise<GarbagePass> {
  const owner = await store.getByUid(ownerUid);
  const dependents = await store.dependents(ownerUid);
  const pass = { changed: 0, again: dependents.length > PER_PASS };
  const some = dependents.slice(0, PER_PASS);
  if (!owner) {
    for (const dependent of some) await perform(store, pass, await withoutOwner(store, dependent));
    return pass;
  }
  if (!owner.metadata.deletionTimestamp) return pass;
  if (has(owner, ORPHAN_FINALIZER)) {
    for (const dependent of some) await perform(store, pass, withoutReferences(dependent, new Set([ownerUid])));
    if (!pass.again) await perform(store, pass, withoutFinalizer(owner, ORPHAN_FINALIZER));
  } else if (has(owner, FOREGROUND_FINALIZER)) {
    const blocking = dependents.filter((dependent) => blocks(dependent, ownerUid));
    const ordered = [...blocking, ...dependents.filter((dependent) => !blocks(dependent, ownerUid))].slice(0, PER_PASS);
    for (const dependent of ordered) await perform(store, pass, await inForeground(store, dependent, ownerUid));
    // With blocking dependents left, the removal of the last one wakes this key again.
    if (!blocking.length) await perform(store, pass, withoutFinalizer(owner, FOREGROUND_FINALIZER));
  }
  return pass;
}

/** The owner is gone: the dependent goes too, unless somebody else still owns it. */
async function withoutOwner(store: Store, dependent: KubeObject): Promise<Write | null> {
  const { solid, dead } = await ownersOf(store, dependent);
  if (solid) return withoutReferences(dependent, dead);
  return deletion(dependent);
}

/** The owner waits: as above, and a dependent with dependents of its own goes in the foreground as well. */
async function inForeground(store: Store, dependent: KubeObject, ownerUid: string): Promise<Write | null> {
  const { solid, dead } = await ownersOf(store, dependent);
  if (solid) return withoutReferences(dependent, new Set([...dead, ownerUid]));
  if (dependent.metadata.deletionTimestamp) return null;
  const below = await store.dependents(dependent.metadata.uid);
  return deletion(dependent, below.length ? 'Foreground' : undefined);
}

/** Whether an owner lives on (exists and does not wait for its dependents itself), and which owners are dead or waiting. */
async function ownersOf(store: Store, dependent: KubeObject): Promise<{ solid: boolean; dead: Set<string> }> {
  const dead = new Set<string>();
  let solid = false;
  for (const { uid } of dependent.metadata.ownerReferences ?? []) {
    const owner = await store.getByUid(uid);
    if (owner && !(owner.metadata.deletionTimestamp && has(owner, FOREGROUND_FINALIZER))) solid = true;
    else dead.add(uid);
  }
  return { solid, dead };
}

function deletion(object: KubeObject, propagation?: Propagation): Write | null {
  return object.metadata.deletionTimestamp ? null : { op: 'delete', was: object, ...(propagation ? { propagation } : {}) };
}

function withoutReferences(was: KubeObject, uids: Set<string>): Write {
  const object = structuredClone(was);
  object.metadata.ownerReferences = was.metadata.ownerReferences?.filter((owner) => !uids.has(owner.uid));
  return { op: 'update', was, object };
}

function withoutFinalizer(was: KubeObject, finalizer: string): Write {
  const object = structuredClone(was);
  object.metadata.finalizers = was.metadata.finalizers?.filter((one) => one !== finalizer);
  return { op: 'update', was, object };
}

/** One commit per object: a conflict on one must not hold up the others. */
async function perform(store: Store, pass: GarbagePass, write: Write | null): Promise<void> {
  if (!write) return;
  try {
    const { changed } = await store.commit({ writes: [write] });
    if (changed[0]) pass.changed++;
  } catch (error) {
    if (!isCode(error, 'conflict')) throw error;
    pass.again = true;
  }
}

function has(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

function blocks(dependent: KubeObject, ownerUid: string): boolean {
  return dependent.metadata.ownerReferences?.some((owner) => owner.uid === ownerUid && owner.blockOwnerDeletion) ?? false;
}
