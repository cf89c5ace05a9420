/** Deleting through the pipeline. Finalizers and dependents are the store's rules. */
import { isCode } from '../errors.ts';
import type { KubeObject } from '../store/object.ts';
import { applyDelete } from '../store/semantics.ts';
import { modified, preconditionFailed } from './invalid.ts';
import { createReads, read, view } from './pipeline-read.ts';
import type { Deleted, DeleteOptions, Place, Selection, Target } from './pipeline-types.ts';
import type { Context } from './pipeline-write.ts';

/** Most objects of one deletecollection. */
const MOST = 10_000;
/** Tries when somebody writes the object between read and delete. */
const MOST_TRIES = 6;

/** Deletes one object, or marks it for deletion while finalizers hold it. Throws `notFound` and `conflict` (preconditions). */
export async function deleteObject({ store }: Context, target: Target, options: DeleteOptions): Promise<Deleted> {
  for (let attempt = 1; ; attempt++) {
    const was = await read(store, target);
    checkPreconditions(target, was, options);
    if (options.dryRun) {
      const outcome = applyDelete(was, options.propagation, await store.now());
      return { object: view(target, was, {}), removed: outcome.type === 'DELETED' };
    }
    try {
      const { objects } = await store.commit({ writes: [{ op: 'delete', was, propagation: options.propagation }] });
      const left = objects[0] ?? null;
      return { object: view(target, left ?? was, {}), removed: left === null };
    } catch (error) {
      if (!isCode(error, 'conflict')) throw error;
      if (attempt === MOST_TRIES) throw modified(target.kind, target.name);
    }
  }
}

/** Deletes all objects of a place that a selection finds; at most 10,000. Returns what was deleted or marked. */
export async function deleteCollection(
  context: Context,
  place: Place,
  selection: Selection,
  options: DeleteOptions,
): Promise<KubeObject[]> {
  const { items } = await createReads(context.store).list(place, { ...selection, user: options.user, limit: MOST });
  const deleted: KubeObject[] = [];
  for (const { metadata } of items) {
    try {
      const target = { ...place, namespace: metadata.namespace, name: metadata.name };
      deleted.push((await deleteObject(context, target, options)).object);
    } catch (error) {
      // Somebody else was faster, and the wish is fulfilled.
      if (!isCode(error, 'notFound')) throw error;
    }
  }
  return deleted;
}

function checkPreconditions({ kind, name }: Target, was: KubeObject, { preconditions = {} }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions;
  if (uid && uid !== was.metadata.uid) throw preconditionFailed(kind, name, 'UID', uid, was.metadata.uid);
  if (resourceVersion && resourceVersion !== was.metadata.resourceVersion) {
    throw preconditionFailed(kind, name, 'ResourceVersion', resourceVersion, was.metadata.resourceVersion);
  }
}
