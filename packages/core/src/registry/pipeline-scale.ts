/** The scale subresource: autoscaling/v1 Scale in and out, with the rules of a write of spec behind it. */
import { AppError } from '../errors.ts';
import type { Json, KubeObject } from '../store/object.ts';
import type { AnyKind, Scale } from './define-kind.ts';
import { invalid } from './invalid.ts';
import { applyPatch, mergePatch } from './patch.ts';
import { at, isRecord, setAt } from './paths.ts';
import { read } from './pipeline-read.ts';
import type { Patch, ScaleObject, Target, WriteOptions } from './pipeline-types.ts';
import { type Context, patchObject } from './pipeline-write.ts';

/** The scale of an object. Throws `notFound`, also for kinds without scale. */
export async function getScale({ store }: Context, target: Target): Promise<ScaleObject> {
  const paths = scaleOf(target.kind);
  return scaleObject(paths, await read(store, target));
}

/** Sets the scale. A resourceVersion in the body must be the stored one. */
export async function updateScale(context: Context, target: Target, body: unknown, options: WriteOptions) {
  const paths = scaleOf(target.kind);
  const wanted = replicasIn(target.kind, target.name, body);
  const hub = { kind: target.kind, namespace: target.namespace, name: target.name };
  const patch: { [key: string]: Json } = {};
  setAt(patch, paths.specReplicas.split('.'), wanted);
  const given = isRecord(body) && isRecord(body.metadata) ? body.metadata.resourceVersion : undefined;
  if (given) setAt(patch, ['metadata', 'resourceVersion'], given);
  const { object, warnings } = await patchObject(context, hub, { type: 'merge', body: patch }, 'scale', options);
  return { scale: scaleObject(paths, object), warnings };
}

/** Patches the scale: `kubectl scale` sends a merge patch of spec.replicas. */
export async function patchScale(context: Context, target: Target, patch: Patch, options: WriteOptions) {
  const current = await getScale(context, target);
  const metadata = { ...current.metadata, resourceVersion: undefined };
  const start = JSON.parse(JSON.stringify({ ...current, metadata })) as KubeObject;
  const patched =
    patch.type === 'json' ? applyPatch(target.kind, start, patch) : mergePatch(start as unknown as Json, patch.body as Json);
  return updateScale(context, target, patched, options);
}

function scaleOf(kind: AnyKind): Scale {
  if (!kind.scale) throw new AppError('notFound', 'the server could not find the requested resource');
  return kind.scale;
}

function replicasIn(kind: AnyKind, name: string, body: unknown): number {
  if (!isRecord(body) || body.kind !== 'Scale' || body.apiVersion !== 'autoscaling/v1') {
    throw new AppError('badRequest', 'the body must be one autoscaling/v1 Scale');
  }
  const replicas = isRecord(body.spec) ? (body.spec.replicas ?? 0) : 0;
  if (typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0) return replicas;
  const message = 'must be a whole number greater than or equal to 0';
  throw invalid(kind, name, [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message }], body as unknown as KubeObject);
}

function scaleObject(paths: Scale, object: KubeObject): ScaleObject {
  const number = (path: string) => Number(at(object as unknown as Json, path.split('.')) ?? 0);
  const selector = paths.selector ? at(object as unknown as Json, paths.selector.split('.')) : undefined;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: { replicas: number(paths.specReplicas) },
    status: { replicas: number(paths.statusReplicas), ...(typeof selector === 'string' ? { selector } : {}) },
  };
}
