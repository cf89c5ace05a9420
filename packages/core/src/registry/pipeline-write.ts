/** The writing half of the pipeline: every write of spec, metadata or status goes through `write` below. */
import { AppError, isCode } from '../errors.ts';
import { equalJson } from '../store/json.ts';
import { type KubeObject, kubeTime, type ManagedFieldsEntry } from '../store/object.ts';
import { applyCreate, applyUpdate, nameSuffix } from '../store/semantics.ts';
import type { Draft, Store } from '../store/store.ts';
import { admit, type ReadBody, readBody } from './admit.ts';
import { checkName, checkNamespace, checkUid, namespaceTakesNew } from './checks.ts';
import { type AnyKind, refTo } from './define-kind.ts';
import { alreadyExists, modified } from './invalid.ts';
import { afterUpdate, type Writer } from './managed-fields.ts';
import { applyPatch, listKeysOf } from './patch.ts';
import { isRecord } from './paths.ts';
import { read, view } from './pipeline-read.ts';
import type { Outcome, Patch, Place, Target, WriteOptions } from './pipeline-types.ts';
import { apiVersionOf, type Registry } from './registry.ts';
import { hubOf, shown, stored } from './stored.ts';

/** What the writes stand on. */
export interface Context {
  store: Store;
  registry: Registry;
}

/** Tries of a write that names no resourceVersion, when others write the same object at the same time. */
const MOST_TRIES = 6;
/** Tries to find a free name for generateName (apiserver's maxNameGenerationCreateAttempts). */
const MOST_NAMES = 8;

/** The door a write comes through: status changes the status alone, the others all else. */
export type Part = 'object' | 'status' | 'scale';

/** Creates an object. */
export async function createObject(context: Context, place: Place, body: unknown, options: WriteOptions): Promise<Outcome> {
  const version = place.version ?? place.kind.hub;
  const read = readBody(place.kind, version, body, options);
  checkNamespace(place, read.object);
  if (read.object.metadata.resourceVersion) {
    throw new AppError('badRequest', 'resourceVersion should not be set on objects to be created');
  }
  const generated = !read.object.metadata.name && Boolean(read.object.metadata.generateName);
  for (let attempt = 1; ; attempt++) {
    if (generated) read.object.metadata.name = `${read.object.metadata.generateName}${nameSuffix(crypto.randomUUID())}`;
    try {
      return await createOnce(context, place, read, options);
    } catch (error) {
      if (!generated || attempt === MOST_NAMES || !isCode(error, 'alreadyExists')) throw error;
    }
  }
}

/** Creates from a read body. `owners` makes the managedFields of an apply; any other writer owns all it wrote. */
export async function createOnce(
  context: Context,
  place: Place,
  body: ReadBody,
  options: WriteOptions,
  owners?: (bare: KubeObject, writer: Writer) => ManagedFieldsEntry[],
): Promise<Outcome> {
  const { kind } = place;
  const version = place.version ?? kind.hub;
  const wire = withoutServerFields(body.object, place);
  if (kind.statusSubresource) delete wire.status;
  const hub = admit(kind, hubOf(kind, version, wire));
  await namespaceTakesNew(context, place);
  const writer = await writerOf(context, place, 'object', options);
  hub.metadata.managedFields = owners
    ? owners(bareOf(wire), writer)
    : afterUpdate(undefined, shown(kind, version, hub, true), keysOf(kind), writer);
  return {
    object: view(place, await commitCreate(context, place, hub, options), options),
    warnings: warningsOf(kind, hub, body),
  };
}

async function commitCreate({ store }: Context, { kind }: Place, hub: KubeObject, options: WriteOptions): Promise<KubeObject> {
  const draft = stored(kind, hub) as Draft;
  const { name } = hub.metadata;
  if (options.dryRun) {
    if (await store.get(refTo(kind, hub.metadata.namespace ?? '', name))) throw alreadyExists(kind, name);
    const object = applyCreate(draft, crypto.randomUUID(), await store.now());
    const { resourceVersion: _none, ...metadata } = object.metadata;
    return { ...object, metadata: metadata as KubeObject['metadata'] };
  }
  try {
    const { objects } = await store.commit({ writes: [{ op: 'create', object: draft }] });
    return objects[0]!;
  } catch (error) {
    throw isCode(error, 'alreadyExists') ? alreadyExists(kind, name) : error;
  }
}

/** Replaces an object (or its status). */
export function updateObject(
  context: Context,
  target: Target,
  body: unknown,
  part: Part,
  options: WriteOptions,
): Promise<Outcome> {
  const { kind, version = kind.hub, name } = target;
  const read = readBody(kind, version, body, { ...options, name, ...(part === 'status' ? { only: part } : {}) });
  return retrying(
    target,
    read.object.metadata.resourceVersion,
    (was) => write(context, target, was, read, part, options),
    context,
  );
}

/** Patches an object (or its status) in the version asked for. */
export function patchObject(context: Context, target: Target, patch: Patch, part: Part, options: WriteOptions): Promise<Outcome> {
  const { kind, version = kind.hub, name } = target;
  const given = isRecord(patch.body) && isRecord(patch.body.metadata) ? patch.body.metadata.resourceVersion : undefined;
  return retrying(
    target,
    typeof given === 'string' ? given : undefined,
    (was) => {
      const live = shown(kind, version, was, true);
      const patched = withoutSameStatus(kind, applyPatch(kind, live, patch), live, part);
      const read = readBody(kind, version, patched, { ...options, name, ...(part === 'status' ? { only: part } : {}) });
      return write(context, target, was, read, part, options);
    },
    context,
  );
}

/** The one write: from a read body and the stored object to the next stored object. */
export async function write(
  context: Context,
  target: Target,
  was: KubeObject,
  body: ReadBody,
  part: Part,
  options: WriteOptions,
  applied?: ManagedFieldsEntry[],
): Promise<Outcome> {
  const { kind, version = kind.hub } = target;
  checkNamespace(target, body.object);
  checkName(target, body.object);
  checkUid(target, body.object, was);
  const live = shown(kind, version, was, true);
  const next = part === 'status' ? { ...live, status: body.object.status } : nextObject(kind, live, body.object);
  const hub = admit(kind, onlyPart(kind, part, hubOf(kind, version, next, was), was), was);
  hub.metadata.managedFields = applied ?? (await managedBy(context, target, live, hub, body, part, options));
  const object = await commitUpdate(context, target, was, stored(kind, hub), options);
  return { object: view(target, object, options), warnings: warningsOf(kind, hub, body) };
}

async function managedBy(
  context: Context,
  target: Target,
  live: KubeObject,
  hub: KubeObject,
  body: ReadBody,
  part: Part,
  options: WriteOptions,
): Promise<ManagedFieldsEntry[]> {
  const { kind, version = kind.hub } = target;
  const writer = await writerOf(context, target, part, options);
  // A client may rewrite managedFields (kubectl does, when an object moves to server-side apply); leaving it out keeps it.
  const given = part !== 'status' ? body.object.metadata.managedFields : undefined;
  return afterUpdate(live, shown(kind, version, hub, true), keysOf(kind), writer, given ?? live.metadata.managedFields ?? []);
}

async function commitUpdate(
  { store }: Context,
  { kind, name }: Target,
  was: KubeObject,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject> {
  if (options.dryRun) {
    const outcome = applyUpdate(was, object);
    return outcome.type === 'UNCHANGED' ? was : outcome.after;
  }
  try {
    const { objects } = await store.commit({ writes: [{ op: 'update', was, object }] });
    return objects[0] ?? object;
  } catch (error) {
    throw isCode(error, 'conflict') ? modified(kind, name) : error;
  }
}

/** Runs a write on the stored object; again on the newer one when somebody was faster, unless the client named its version. */
export async function retrying(
  target: Target,
  given: string | undefined,
  run: (was: KubeObject) => Promise<Outcome>,
  { store }: Context,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const was = await read(store, target);
    if (given && given !== was.metadata.resourceVersion) throw modified(target.kind, target.name);
    try {
      return await run(was);
    } catch (error) {
      // Only the store's conflict is worth another try; an apply's conflict has causes and stays.
      if (given || attempt === MOST_TRIES || !isCode(error, 'conflict') || error.causes.length > 0) throw error;
    }
  }
}

/** Body over live: metadata a client may write, spec and fields; status stays where it has its own door. */
function nextObject(kind: AnyKind, live: KubeObject, body: KubeObject): KubeObject {
  const { labels, annotations, ownerReferences, finalizers } = body.metadata;
  const metadata = { ...live.metadata, labels, annotations, ownerReferences, finalizers };
  const { status: _s, ...rest } = body;
  const status = kind.statusSubresource ? live.status : body.status;
  return { ...rest, metadata, ...(status === undefined ? {} : { status }) } as KubeObject;
}

/** What a write may not touch stays exactly as stored, whatever a conversion made of it. */
function onlyPart(kind: AnyKind, part: Part, hub: KubeObject, was: KubeObject): KubeObject {
  if (part === 'status') return { ...shown(kind, kind.hub, was, true), status: hub.status };
  if (!kind.statusSubresource) return hub;
  const { status: _s, ...rest } = hub;
  return was.status === undefined ? rest : { ...rest, status: structuredClone(was.status) };
}

/** An object without its status. */
export function withoutStatus(object: KubeObject): KubeObject {
  const { status: _s, ...rest } = object;
  return rest;
}

/** A patched object says the live status, too: that is nothing the client said, and nothing to judge it by. */
export function withoutSameStatus<T extends object>(kind: AnyKind, patched: T, live: KubeObject, part: Part): T {
  if (part === 'status' || !kind.statusSubresource || !('status' in patched)) return patched;
  if (!equalJson(patched.status, live.status)) return patched;
  const { status: _same, ...rest } = patched;
  return rest as T;
}

/** An object of the same type and name with nothing in it: what a first apply starts from. */
function bareOf({ apiVersion, kind, metadata: { name } }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: { name, managedFields: [] } } as unknown as KubeObject;
}

function withoutServerFields(object: KubeObject, place: Place): KubeObject {
  const { name, generateName, labels, annotations, ownerReferences, finalizers } = object.metadata;
  const namespace = place.kind.scope === 'Cluster' ? undefined : place.namespace;
  const metadata = { name, generateName, namespace, labels, annotations, ownerReferences, finalizers };
  return JSON.parse(JSON.stringify({ ...object, metadata })) as KubeObject;
}

/** Who writes, as managedFields names them. */
export async function writerOf(
  { store }: Context,
  { kind, version = kind.hub }: Place,
  part: Part,
  options: WriteOptions,
): Promise<Writer> {
  const manager = options.fieldManager || options.user.name;
  const subresource = part === 'object' ? undefined : part;
  return { manager, apiVersion: apiVersionOf(kind.group, version), time: kubeTime(await store.now()), subresource };
}

/** Conditions are a map by type in every kind that has them. */
export function keysOf(kind: AnyKind): Record<string, string> {
  return { ...listKeysOf(kind), 'status.conditions': 'type' };
}

function warningsOf(kind: AnyKind, hub: KubeObject, body: ReadBody): string[] {
  return [...body.warnings, ...(kind.warnings?.(hub) ?? [])];
}
