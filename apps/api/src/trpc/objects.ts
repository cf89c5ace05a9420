/** Any kind of the registry, for the generic router: through the same pipeline as kubectl, Secrets without content. */
import { AppError } from '@slipway/core/errors.ts';
import type { AnyKind } from '@slipway/core/registry/define-kind.ts';
import type { Pipeline, Place, Target, User } from '@slipway/core/registry/pipeline-types.ts';
import type { Registry } from '@slipway/core/registry/registry.ts';
import { parseLabelSelector } from '@slipway/core/registry/selectors.ts';
import type { KubeObject } from '@slipway/core/store/object.ts';
import { z } from 'zod';
import type { Person } from '../auth/auth.ts';
import type { Context } from './context.ts';
import { withoutManagedFields } from './views/host-detail.ts';

/** The ports of this router. */
export interface ObjectPorts {
  registry: Registry;
  pipeline: Pipeline;
}

const Names = { group: z.string().max(253), kind: z.string().min(1).max(63), namespace: z.string().max(63).default('') };

/** Names a kind and a namespace ('' = all, or cluster-scoped). */
export const PlaceInput = z.object(Names);
/** Names one object. */
export const TargetInput = z.object({ ...Names, name: z.string().min(1).max(253) });
/** A page of a kind. */
export const ListInput = z.object({
  ...Names,
  selector: z.string().max(2048).default(''),
  limit: z.int().min(1).max(500).default(100),
  continue: z.string().max(4096).optional(),
});
/** A change of an object. */
export const PatchInput = z.object({
  ...TargetInput.shape,
  patch: z.object({ type: z.enum(['merge', 'json']), body: z.json() }),
  dryRun: z.boolean().default(false),
});
/** A new object. */
export const CreateInput = z.object({ ...Names, body: z.json(), dryRun: z.boolean().default(false) });
/** A number of replicas. */
export const ScaleInput = z.object({ ...TargetInput.shape, replicas: z.int().min(0).max(1000) });

/** The pipeline's user for a person: the same names an audit shows. */
export function userOf(person: Person | null): User {
  if (!person) throw new AppError('unauthorized', 'Log in first.');
  return { name: person.name, groups: person.role === 'admin' ? ['system:masters'] : ['slipway:viewers'] };
}

function kindOf({ registry }: ObjectPorts, { group, kind }: { group: string; kind: string }): AnyKind {
  const found = registry.byKind(group, kind);
  if (!found) throw new AppError('notFound', `Slipway has no kind ${kind}${group ? ` in ${group}` : ''}.`);
  return found;
}

function placeOf(ctx: Context, input: z.output<typeof PlaceInput>): Place {
  const kind = kindOf(ctx, input);
  return { kind, ...(kind.scope === 'Cluster' || input.namespace === '' ? {} : { namespace: input.namespace }) };
}

function targetOf(ctx: Context, input: z.output<typeof TargetInput>): Target {
  return { ...placeOf(ctx, input), name: input.name };
}

/** A page of objects, without managedFields and secret fields. */
export async function listObjects(ctx: Context, input: z.output<typeof ListInput>) {
  const options = {
    user: userOf(ctx.person),
    labels: parseLabelSelector(input.selector),
    limit: input.limit,
    continue: input.continue,
  };
  const page = await ctx.pipeline.list(placeOf(ctx, input), options);
  return { ...page, items: page.items.map((object) => shown(ctx, object)) };
}

/** One object. */
export async function getObject(ctx: Context, input: z.output<typeof TargetInput>) {
  return shown(ctx, await ctx.pipeline.get(targetOf(ctx, input), { user: userOf(ctx.person) }));
}

/** Creates; returns the object and the server's warnings. */
export async function createObject(ctx: Context, { body, dryRun, ...place }: z.output<typeof CreateInput>) {
  const made = await ctx.pipeline.create(placeOf(ctx, place), body, { user: userOf(ctx.person), dryRun });
  return { ...made, object: shown(ctx, made.object) };
}

/** Patches; returns the object and the server's warnings. */
export async function patchObject(ctx: Context, { patch, dryRun, ...target }: z.output<typeof PatchInput>) {
  const made = await ctx.pipeline.patch(targetOf(ctx, target), patch, { user: userOf(ctx.person), dryRun });
  return { ...made, object: shown(ctx, made.object) };
}

/** Deletes in the background; `removed` is false while finalizers hold the object. */
export async function deleteObject(ctx: Context, input: z.output<typeof TargetInput>) {
  const { removed } = await ctx.pipeline.delete(targetOf(ctx, input), { user: userOf(ctx.person) });
  return { removed };
}

/** Sets the number of replicas through the scale subresource. */
export async function scaleObject(ctx: Context, { replicas, ...target }: z.output<typeof ScaleInput>) {
  const patch = { type: 'merge' as const, body: { spec: { replicas } } };
  return ctx.pipeline.patchScale(targetOf(ctx, target), patch, { user: userOf(ctx.person) });
}

/** The pipeline leaves secret fields out already; this does it again, so that one mistake there is not one here. */
function shown(ctx: Context, object: KubeObject): KubeObject {
  const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
  const kind = ctx.registry.byKind(group, object.kind);
  const { ...copy } = withoutManagedFields(object) as unknown as Record<string, unknown>;
  for (const field of kind?.secretFields ?? []) delete copy[field];
  return copy as unknown as KubeObject;
}
