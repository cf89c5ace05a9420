/** What the one pipeline for kubectl and the console takes and gives (pipeline.ts). */
import type { KubeObject } from '../store/object.ts';
import type { Requirement } from '../store/selector.ts';
import type { Propagation, WatchEvent } from '../store/store.ts';
import type { AnyKind } from './define-kind.ts';
import type { FieldRequirement } from './selectors.ts';

/** Who asks. Authentication is the caller's work. */
export interface User {
  name: string;
  groups: readonly string[];
}

/** What becomes of unknown fields (metav1 fieldValidation). */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** A kind in a served version (default: the hub). `namespace` is undefined for all namespaces and for cluster-scoped kinds. */
export interface Place {
  kind: AnyKind;
  version?: string;
  namespace?: string;
}

/** One object. */
export interface Target extends Place {
  name: string;
}

/** How to read. */
export interface ReadOptions {
  user: User;
  /** Secret fields are left out unless the caller has found that the user may get them. */
  revealSecrets?: boolean;
}

/** How to write. The object in the answer follows `revealSecrets`, too. */
export interface WriteOptions extends ReadOptions {
  dryRun?: boolean;
  /** Default Strict. */
  fieldValidation?: FieldValidation;
  /** Who shall own the fields in metadata.managedFields. Default: the user's name. */
  fieldManager?: string;
}

/** A list's or a watch's choice. */
export interface Selection {
  labels?: Requirement[];
  fields?: FieldRequirement[];
}

/** What to list. */
export interface ListOptions extends ReadOptions, Selection {
  limit?: number;
  continue?: string;
}

/** What to watch: changes after `resourceVersion`. */
export interface WatchOptions extends ReadOptions, Selection {
  resourceVersion: string;
  signal: AbortSignal;
  /** A BOOKMARK at least this often, milliseconds. 0 = none. */
  bookmarkEveryMs?: number;
}

/** A page of objects in the version asked for. */
export interface ListPage {
  items: KubeObject[];
  resourceVersion: string;
  continue?: string;
  remaining?: number;
}

/** What a write gives back: the object in the version asked for, and sentences for `Warning` headers. */
export interface Outcome {
  object: KubeObject;
  warnings: string[];
}

/** A patch as it came in. */
export type Patch =
  | { type: 'merge'; body: unknown }
  | { type: 'json'; body: unknown }
  /** Built-in kinds only. */
  | { type: 'strategic'; body: unknown };

/** What must hold for a delete (metav1.Preconditions), and how dependents go. */
export interface DeleteOptions {
  user: User;
  dryRun?: boolean;
  propagation?: Propagation;
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** What a delete did: `removed` is false while finalizers hold the object. */
export interface Deleted {
  object: KubeObject;
  removed: boolean;
}

/** autoscaling/v1 Scale. */
export interface ScaleObject {
  kind: 'Scale';
  apiVersion: 'autoscaling/v1';
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string; creationTimestamp: string };
  spec: { replicas: number };
  status: { replicas: number; selector?: string };
}

/** parse → default → validate → admit → store. Every method throws AppError; nothing is stored when one throws. */
export interface Pipeline {
  get(target: Target, options: ReadOptions): Promise<KubeObject>;
  /** Without `limit` the whole list. */
  list(place: Place, options: ListOptions): Promise<ListPage>;
  watch(place: Place, options: WatchOptions): AsyncIterable<WatchEvent>;
  create(place: Place, body: unknown, options: WriteOptions): Promise<Outcome>;
  update(target: Target, body: unknown, options: WriteOptions): Promise<Outcome>;
  /** Only status is taken over. */
  updateStatus(target: Target, body: unknown, options: WriteOptions): Promise<Outcome>;
  /** `subresource: 'status'` patches the status alone. */
  patch(target: Target, patch: Patch, options: WriteOptions & { subresource?: 'status' }): Promise<Outcome>;
  /** Server-side apply; creates what is missing. `created` tells 201 from 200. */
  apply(
    target: Target,
    body: unknown,
    options: WriteOptions & { force?: boolean; subresource?: 'status' },
  ): Promise<Outcome & { created: boolean }>;
  delete(target: Target, options: DeleteOptions): Promise<Deleted>;
  /** At most 10,000 objects; returns what was deleted. */
  deleteCollection(place: Place, selection: Selection, options: DeleteOptions): Promise<KubeObject[]>;
  getScale(target: Target, options: ReadOptions): Promise<ScaleObject>;
  /** Goes through the same rules as a write of spec. */
  updateScale(target: Target, body: unknown, options: WriteOptions): Promise<{ scale: ScaleObject; warnings: string[] }>;
  patchScale(target: Target, patch: Patch, options: WriteOptions): Promise<{ scale: ScaleObject; warnings: string[] }>;
}
