/** Kubernetes objects as the store holds them, always in the hub version of their kind. */

/** Anything JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A kind without its version; the store holds one (hub) version per kind. */
export interface GroupKind {
  /** API group; '' is the core group. */
  group: string;
  kind: string;
}

/** Names one object. `namespace` is '' for cluster-scoped kinds. */
export interface Ref extends GroupKind {
  namespace: string;
  name: string;
}

/** metav1.OwnerReference. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** metav1.ManagedFieldsEntry, kept for server-side apply. */
export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: { [key: string]: Json };
  subresource?: string;
}

/** metav1.ObjectMeta; times are RFC 3339 in UTC with whole seconds, as Kubernetes prints them. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  /** Decimal number of the event that wrote this version. Opaque to clients. */
  resourceVersion: string;
  generation: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

/** An object. Kinds such as Secret and Event have further top-level fields (`data`, `type`, `reason` …), reached through `fields()`. */
export interface KubeObject<Spec = unknown, Status = unknown> {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: Spec;
  status?: Status;
}

/** metav1.Condition, as Cluster API v1beta2 uses it. `message` is free of counters and elapsed times (DESIGN section 4, "Because"). */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message?: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

/** The API group in an apiVersion: `apps/v1` → `apps`, `v1` → ''. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The Ref of an object. */
export function refOf(object: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } }): Ref {
  return {
    group: groupOf(object.apiVersion),
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
  };
}

/** A stable text for a Ref: `group/Kind/namespace/name`. None of its parts can contain a slash. */
export function refKey(ref: Ref): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** The controlling owner, if there is one. */
export function controllerOf(object: { metadata: { ownerReferences?: OwnerReference[] } }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Whether `object` has `owner` among its owner references, by uid. */
export function isOwnedBy(object: { metadata: { ownerReferences?: OwnerReference[] } }, ownerUid: string): boolean {
  return object.metadata.ownerReferences?.some((owner) => owner.uid === ownerUid) ?? false;
}

/** Metadata, spec and status apart: the other top-level fields of an object (`data`, `type`, `involvedObject` …). */
export function fields(object: KubeObject): Record<string, Json> {
  const { apiVersion: _a, kind: _k, metadata: _m, spec: _s, status: _t, ...rest } = object as unknown as Record<string, Json>;
  return rest;
}

/** A time as Kubernetes writes it: RFC 3339, UTC, whole seconds. */
export function kubeTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
