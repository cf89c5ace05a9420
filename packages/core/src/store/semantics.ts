/**
 * Kubernetes' rules for writes, pure: what an object becomes when it is created, updated or deleted.
 * Both stores use these, so they cannot differ. Source of the rules: apiserver's registry/rest (BeforeCreate, BeforeUpdate,
 * BeforeDelete) and registry/generic/registry/store (deletion and finalizers).
 */
import { AppError } from '../errors.ts';
import { copyJson, equalJson } from './json.ts';
import { fields, groupOf, type KubeObject, kubeTime, type ManagedFieldsEntry, type ObjectMeta } from './object.ts';
import type { Draft, Propagation } from './store.ts';

/** Keeps an owner until its blocking dependents are gone (metav1.FinalizerDeleteDependents). */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
/** Keeps an owner until its dependents have forgotten it (metav1.FinalizerOrphanDependents). */
export const ORPHAN_FINALIZER = 'orphan';

/** What a write does to an object. `after` carries no new resourceVersion yet; of a removed object it is the last state. */
export type Outcome =
  | { type: 'UNCHANGED'; before: KubeObject }
  | { type: 'MODIFIED'; before: KubeObject; after: KubeObject }
  | { type: 'DELETED'; before: KubeObject; after: KubeObject };

/** The object a draft becomes. `uid` is the one to give, unless the draft brings one. Throws `invalid`. */
export function applyCreate(draft: Draft, uid: string, now: Date): KubeObject {
  const given = draft.metadata;
  const own = given.uid ?? uid;
  const name = given.name || (given.generateName ? `${given.generateName}${nameSuffix(own)}` : '');
  if (!name) throw invalid(draft, 'metadata.name', 'FieldValueRequired', 'name or generateName is required');
  const { name: _n, resourceVersion: _r, deletionTimestamp: _d, deletionGracePeriodSeconds: _g, ...rest } = given;
  const metadata: ObjectMeta = tidy({
    name,
    ...rest,
    uid: own,
    resourceVersion: '',
    generation: given.generation ?? 1,
    creationTimestamp: given.creationTimestamp ?? kubeTime(now),
  });
  const object = withoutNulls(copyJson({ ...draft, metadata } as KubeObject));
  oneController(object);
  return object;
}

/** What an update from `current` to `wanted` does. uid, name and times of birth and death are the store's. Throws `invalid`. */
export function applyUpdate(current: KubeObject, wanted: KubeObject): Outcome {
  sameIdentity(current, wanted);
  const was = current.metadata;
  const metadata: ObjectMeta = tidy({
    ...wanted.metadata,
    name: was.name,
    namespace: was.namespace,
    generateName: was.generateName,
    uid: was.uid,
    resourceVersion: was.resourceVersion,
    generation: was.generation,
    creationTimestamp: was.creationTimestamp,
    deletionTimestamp: was.deletionTimestamp,
    deletionGracePeriodSeconds: was.deletionGracePeriodSeconds,
  });
  const after = withoutNulls(copyJson({ ...wanted, metadata }));
  oneController(after);
  if (was.deletionTimestamp) {
    noNewFinalizers(current, after);
    if (!after.metadata.finalizers?.length) return { type: 'DELETED', before: current, after };
  }
  if (equalJson(withoutTimes(current), withoutTimes(after))) return { type: 'UNCHANGED', before: current };
  if (!equalJson(wish(current), wish(after))) after.metadata.generation = was.generation + 1;
  return { type: 'MODIFIED', before: current, after };
}

/** What a deletion does: with finalizers the object is marked, else it goes. An unnamed propagation keeps what is already asked for. */
export function applyDelete(current: KubeObject, propagation: Propagation | undefined, now: Date): Outcome {
  const was = current.metadata;
  const finalizers = finalizersFor(was.finalizers ?? [], propagation);
  if (!finalizers.length) return { type: 'DELETED', before: current, after: copyJson(current) };
  if (was.deletionTimestamp && equalJson(finalizers, was.finalizers)) return { type: 'UNCHANGED', before: current };
  const after = copyJson(current);
  after.metadata.finalizers = finalizers;
  if (!was.deletionTimestamp) {
    after.metadata.deletionTimestamp = kubeTime(now);
    after.metadata.deletionGracePeriodSeconds = 0;
    after.metadata.generation = was.generation + 1;
  }
  return { type: 'MODIFIED', before: current, after };
}

/** The finalizers that a propagation asks for: exactly one of the collector's two, or none. */
function finalizersFor(present: string[], propagation: Propagation | undefined): string[] {
  if (propagation === undefined) return present;
  const others = present.filter((finalizer) => finalizer !== FOREGROUND_FINALIZER && finalizer !== ORPHAN_FINALIZER);
  switch (propagation) {
    case 'Background':
      return others;
    case 'Foreground':
      return [...others, FOREGROUND_FINALIZER];
    case 'Orphan':
      return [...others, ORPHAN_FINALIZER];
    default:
      return propagation satisfies never;
  }
}

/** Kubernetes' alphabet for generated names: no vowels, so that no words arise. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters and digits from a uid: random where uids are, and repeatable where a test makes them so. */
export function nameSuffix(uid: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const char of uid) hash = BigInt.asUintN(64, (hash ^ BigInt(char.codePointAt(0)!)) * 0x100000001b3n);
  let suffix = '';
  for (let i = 0; i < 5; i++) {
    suffix += NAME_ALPHABET[Number(hash % BigInt(NAME_ALPHABET.length))];
    hash /= BigInt(NAME_ALPHABET.length);
  }
  return suffix;
}

/** What a person wishes of an object, whose change raises generation: all but metadata and status (apiextensions' rule). */
function wish(object: KubeObject): unknown {
  return { ...fields(object), spec: object.spec };
}

/** Times of managedFields alone are no change, as in the apiserver. */
function withoutTimes(object: KubeObject): unknown {
  const { managedFields, resourceVersion: _r, ...metadata } = object.metadata;
  const entries = managedFields?.map(({ time: _t, ...entry }: ManagedFieldsEntry) => entry);
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}

/** Empty maps and lists of metadata are absent, so that adding and removing the last entry leaves no trace. */
function tidy(metadata: ObjectMeta): ObjectMeta {
  const kept = Object.entries(metadata).filter(
    ([key, value]) =>
      value !== undefined && !(TIDIED.has(key) && value !== null && typeof value === 'object' && Object.keys(value).length === 0),
  );
  return Object.fromEntries(kept) as unknown as ObjectMeta;
}

/** A top-level field that is null is absent, as the apiserver's decoder has it. */
function withoutNulls(object: KubeObject): KubeObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)) as unknown as KubeObject;
}

const TIDIED = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields']);

function sameIdentity(current: KubeObject, wanted: KubeObject): void {
  const same =
    groupOf(wanted.apiVersion) === groupOf(current.apiVersion) &&
    wanted.kind === current.kind &&
    wanted.metadata.name === current.metadata.name &&
    (wanted.metadata.namespace ?? '') === (current.metadata.namespace ?? '');
  if (!same) throw invalid(current, 'metadata.name', 'FieldValueInvalid', 'kind, namespace and name of an object are immutable');
  if (wanted.metadata.uid !== undefined && wanted.metadata.uid !== current.metadata.uid) {
    throw invalid(current, 'metadata.uid', 'FieldValueInvalid', 'uid is immutable');
  }
}

function noNewFinalizers(current: KubeObject, after: KubeObject): void {
  const known = new Set(current.metadata.finalizers);
  const fresh = after.metadata.finalizers?.filter((finalizer) => !known.has(finalizer)) ?? [];
  if (!fresh.length) return;
  const message = `an object that is being deleted takes no new finalizers (${fresh.join(', ')})`;
  throw invalid(current, 'metadata.finalizers', 'FieldValueForbidden', message);
}

function oneController(object: KubeObject): void {
  const controllers = object.metadata.ownerReferences?.filter((owner) => owner.controller) ?? [];
  if (controllers.length < 2) return;
  const message = `only one owner may be the controller, not both ${controllers.map((owner) => owner.name).join(' and ')}`;
  throw invalid(object, 'metadata.ownerReferences', 'FieldValueInvalid', message);
}

function invalid(
  object: { apiVersion: string; kind: string; metadata: { name: string } },
  field: string,
  reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden',
  message: string,
): AppError {
  const { kind } = object;
  const { name } = object.metadata;
  return new AppError('invalid', `${kind} "${name}" is invalid: ${field}: ${message}`, {
    causes: [{ field, reason, message }],
    subject: { group: groupOf(object.apiVersion), kind, name },
  });
}
