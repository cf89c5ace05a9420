/**
 * Actions: what a plan may do. A closed union. All object writes of a plan land in one transaction; a plan yields either object
 * writes or one operation, never both (DESIGN section 4, Operations). Make actions with the helpers below: they keep the types.
 */
import type { Kind } from '../registry/define-kind.ts';
import type { KubeObject } from '../store/object.ts';
import type { Draft, Propagation } from '../store/store.ts';
import type { OperationSpec, SecretName } from './operations.ts';

/** One thing a plan does. */
export type Action =
  | { do: 'create'; object: Draft }
  /** The executor writes what differs; nothing if nothing does. Refused outside what the reconciler owns or declares in `writes`. */
  | { do: 'update'; was: KubeObject; object: KubeObject }
  | { do: 'delete'; was: KubeObject; propagation?: Propagation }
  /** A Kubernetes Event on an object. Repeats within an hour raise its count instead. */
  | { do: 'event'; about: KubeObject; type: 'Normal' | 'Warning'; reason: string; message: string }
  | EnsureSecret
  /** Alone in its plan. */
  | { do: 'operation'; id: string; operation: OperationSpec };

/** Makes a Secret at execution, once: keys, certificates, tokens, bootstrap data. Planners see name and digest only. */
export interface EnsureSecret {
  do: 'ensureSecret';
  secret: SecretName;
  /** A recipe of bootstrap/recipes.ts. */
  recipe: string;
  /** Public inputs of the recipe (names, versions, endpoints; never secrets). A recipe that follows its inputs is made again when they change. */
  inputs: Record<string, unknown>;
  owner: KubeObject;
  labels?: Record<string, string>;
}

/** Creates an object. Give it an owner reference to what the reconciler is for, or the executor refuses. */
export function create<Spec, Status>(object: Draft<Spec, Status>): Action {
  return { do: 'create', object: object as Draft };
}

/** Changes an object: `change` gets a copy and may alter spec, status and metadata. */
export function update<Spec, Status>(was: KubeObject<Spec, Status>, change: (copy: KubeObject<Spec, Status>) => void): Action {
  const object = structuredClone(was);
  change(object);
  return { do: 'update', was, object };
}

/** Deletes an object. */
export function remove(was: KubeObject, propagation?: Propagation): Action {
  return { do: 'delete', was, ...(propagation ? { propagation } : {}) };
}

/** Emits an event. */
export function event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Action {
  return { do: 'event', about, type, reason, message };
}

/** Asks for an operation; the whole plan. The same id is the same act: once it has succeeded it is not run again. */
export function operation(id: string, spec: OperationSpec): Action {
  return { do: 'operation', id, operation: spec };
}

/** A new object owned (as controller) by `owner`. */
export function ownedBy<Spec, Status>(
  owner: KubeObject,
  kind: Kind<Spec, Status>,
  metadata: Draft['metadata'],
  spec: Spec,
): Draft<Spec, Status> {
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      namespace: owner.metadata.namespace,
      ...metadata,
      ownerReferences: [ownerReference(owner, true), ...(metadata.ownerReferences ?? [])],
    },
    spec,
  };
}

/** An owner reference to `owner`. Only one owner may be the controller. */
export function ownerReference(owner: KubeObject, controller: boolean) {
  const { name, uid } = owner.metadata;
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name,
    uid,
    ...(controller ? { controller, blockOwnerDeletion: true } : {}),
  };
}
