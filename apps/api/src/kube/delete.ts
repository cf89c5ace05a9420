/** DELETE of an object or of a collection. */
import { AppError } from '@slipway/core/errors.ts';
import { isRecord } from '@slipway/core/registry/paths.ts';
import type { DeleteOptions } from '@slipway/core/registry/pipeline-types.ts';
import { apiVersionOf } from '@slipway/core/registry/registry.ts';
import type { Propagation } from '@slipway/core/store/store.ts';
import { readBody } from './body.ts';
import { isDryRun, type ResourceCall, targetOf } from './call.ts';
import { selectionOf } from './list.ts';
import { sendJson, sendObject } from './respond.ts';

/** Deletes one object. What finalizers hold is shown as it is now; what is gone, as a Status. */
export async function remove(call: ResourceCall): Promise<void> {
  const { object, removed } = await call.deps.pipeline.delete(targetOf(call), await deleteOptions(call));
  if (!removed) return sendObject(call, 200, object);
  const { group, plural: kind } = call.kind;
  const { name, uid } = object.metadata;
  const details = { name, ...(group ? { group } : {}), kind, uid };
  sendJson(call, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** Deletes what a selection finds. */
export async function removeCollection(call: ResourceCall): Promise<void> {
  const items = await call.deps.pipeline.deleteCollection(call, selectionOf(call), await deleteOptions(call));
  const { kind, version } = call;
  const metadata = { resourceVersion: await call.deps.store.head() };
  sendJson(call, 200, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind.group, version), metadata, items });
}

/** metav1.DeleteOptions from body and query. Throws `badRequest`. */
async function deleteOptions(call: ResourceCall): Promise<DeleteOptions> {
  const body = await readBody(call.request);
  const given = isRecord(body) ? body : {};
  const query = call.url.searchParams;
  const preconditions = isRecord(given.preconditions) ? given.preconditions : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    user: call.user,
    dryRun: isDryRun([...query.getAll('dryRun'), ...(Array.isArray(given.dryRun) ? given.dryRun : [])]),
    propagation: propagationOf(given.propagationPolicy ?? query.get('propagationPolicy'), given.orphanDependents),
    preconditions: { uid: text(preconditions.uid), resourceVersion: text(preconditions.resourceVersion) },
  };
}

function propagationOf(policy: unknown, orphanDependents: unknown): Propagation | undefined {
  if (policy === undefined || policy === null || policy === '') {
    // The field that propagationPolicy replaced; old clients still send it.
    if (orphanDependents === true) return 'Orphan';
    return orphanDependents === false ? 'Background' : undefined;
  }
  if (policy === 'Background' || policy === 'Foreground' || policy === 'Orphan') return policy;
  throw new AppError(
    'badRequest',
    `propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
  );
}
