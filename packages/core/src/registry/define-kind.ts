/**
 * One declaration per kind. Everything generic (routes, discovery, OpenAPI, printed tables, scale and status subresources,
 * tRPC, RBAC verbs, console columns) is derived from it; nothing else switches on `kind`. Runs in a browser.
 */
import type { z } from 'zod';
import type { FieldError } from '../errors.ts';
import type { GroupKind, KubeObject, ObjectMeta, Ref } from '../store/object.ts';
import type { Draft } from '../store/store.ts';

/** A printed column of `kubectl get` (after NAME) and of the console's list. */
export interface Column<Spec, Status> {
  /** As the header prints it, in CRD capitals: 'Phase', 'CP Desired'. */
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date';
  /** Shown with `-o wide` only (CRD priority > 0). */
  wide?: boolean;
  description?: string;
  /** The cell. undefined = empty. A date is RFC 3339; the table prints its age. */
  of: (object: KubeObject<Spec, Status>) => string | number | boolean | undefined;
}

/** A served version. The hub has no conversion; others convert at the door. */
export interface Version {
  name: string;
  served: boolean;
  /** The Warning header, as CRDs send for deprecated versions. */
  deprecated?: boolean;
  /** This version's own schema; the hub's where it is left out. */
  schema?: KindSchema;
  /** This version's own columns; the hub's where left out. */
  columns?: Column<never, never>[];
  /** From this version to the hub, pure. Loses nothing the hub can hold. */
  toHub?: (object: KubeObject) => KubeObject;
  /** From the hub to this version, pure. */
  fromHub?: (object: KubeObject) => KubeObject;
}

/** Schemas of an object's parts. `fields` are top-level fields besides spec and status (Secret's `data`). */
export interface KindSchema {
  spec?: z.ZodType;
  status?: z.ZodType;
  fields?: Record<string, z.ZodType>;
}

/** Where the scale subresource finds its numbers, as dotted paths of the hub. */
export interface Scale {
  specReplicas: string;
  statusReplicas: string;
  /** Path of a selector in text form. */
  selector?: string;
}

/** What one writes to declare a kind. */
export interface KindDeclaration<SpecSchema extends z.ZodType, StatusSchema extends z.ZodType> {
  /** '' = core. */
  group: string;
  kind: string;
  plural: string;
  shortNames?: string[];
  categories?: string[];
  scope: 'Namespaced' | 'Cluster';
  /** The stored version's name. */
  hub: string;
  /** Other served versions. */
  versions?: Version[];
  spec: SpecSchema;
  status: StatusSchema;
  /** Top-level fields besides spec and status. */
  fields?: Record<string, z.ZodType>;
  /** Whether status is written through /status only. */
  statusSubresource: boolean;
  columns: Column<z.output<SpecSchema>, z.output<StatusSchema>>[];
  scale?: Scale;
  /** Top-level fields encrypted at rest and never listed in logs. */
  secretFields?: string[];
  /** Patches with `application/strategic-merge-patch+json` (built-ins only). Merge keys by dotted path of the list. */
  strategicMergeKeys?: Record<string, string>;
  /** False where `kubectl get` prints no NAME column first (Event). */
  nameColumn?: boolean;
  /** Dotted paths that a fieldSelector may name, besides metadata.name and metadata.namespace. */
  selectableFields?: string[];
  /** Fills in what the schema's own defaults cannot, on create and update. Pure. */
  defaults?: (object: KubeObject<z.output<SpecSchema>, z.output<StatusSchema>>) => void;
  /** Cross-field rules. Field paths as Kubernetes writes them. */
  validate?: (object: KubeObject<z.output<SpecSchema>, z.output<StatusSchema>>) => FieldError[];
  /** Rules on a change (immutable fields, version skips). */
  validateUpdate?: (
    object: KubeObject<z.output<SpecSchema>, z.output<StatusSchema>>,
    was: KubeObject<z.output<SpecSchema>, z.output<StatusSchema>>,
  ) => FieldError[];
  /** `Warning` headers for what is accepted but will not have its wished effect. */
  warnings?: (object: KubeObject<z.output<SpecSchema>, z.output<StatusSchema>>) => string[];
  /** One line for `kubectl explain`. */
  description: string;
}

/** A declared kind; `Spec` and `Status` are its TypeScript shapes (the hub's). */
export interface Kind<Spec = unknown, Status = unknown> extends GroupKind {
  group: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  scope: 'Namespaced' | 'Cluster';
  hub: string;
  /** `group/hub`, or `hub` for the core group. */
  apiVersion: string;
  /** The hub first, then the others. */
  versions: Version[];
  schema: KindSchema;
  statusSubresource: boolean;
  columns: Column<Spec, Status>[];
  scale?: Scale;
  secretFields: string[];
  strategicMergeKeys?: Record<string, string>;
  nameColumn?: boolean;
  selectableFields?: string[];
  defaults?: (object: KubeObject<Spec, Status>) => void;
  validate?: (object: KubeObject<Spec, Status>) => FieldError[];
  validateUpdate?: (object: KubeObject<Spec, Status>, was: KubeObject<Spec, Status>) => FieldError[];
  warnings?: (object: KubeObject<Spec, Status>) => string[];
  description: string;
}

/** Any kind, for lists of kinds; the one place where its type parameters are given up. */
// biome-ignore lint/suspicious/noExplicitAny: callbacks of Kind are contravariant in Spec and Status, so no other type holds them all
export type AnyKind = Kind<any, any>;

/** The object type of a kind: `ObjectOf<typeof Machine>`. */
export type ObjectOf<K> = K extends Kind<infer Spec, infer Status> ? KubeObject<Spec, Status> : never;

/** Declares a kind. */
export function defineKind<SpecSchema extends z.ZodType, StatusSchema extends z.ZodType>(
  declaration: KindDeclaration<SpecSchema, StatusSchema>,
): Kind<z.output<SpecSchema>, z.output<StatusSchema>> {
  const { versions = [], spec, status, fields, ...rest } = declaration;
  return {
    shortNames: [],
    categories: [],
    secretFields: [],
    ...rest,
    singular: declaration.kind.toLowerCase(),
    apiVersion: declaration.group === '' ? declaration.hub : `${declaration.group}/${declaration.hub}`,
    versions: [{ name: declaration.hub, served: true }, ...versions],
    schema: { spec, status, ...(fields ? { fields } : {}) },
  };
}

/** The schema of a served version: its own, or the hub's. */
export function servedSchema(kind: AnyKind, version: string): KindSchema {
  return kind.versions.find((candidate) => candidate.name === version)?.schema ?? kind.schema;
}

/** The Ref of an object of this kind. */
export function refTo(kind: AnyKind, namespace: string, name: string): Ref {
  return { group: kind.group, kind: kind.kind, namespace: kind.scope === 'Cluster' ? '' : namespace, name };
}

/** Whether an object is of this kind (group and kind; any version). */
export function isKind<Spec, Status>(kind: Kind<Spec, Status>, object: KubeObject): object is KubeObject<Spec, Status> {
  return object.kind === kind.kind && object.apiVersion.split('/').at(-2) === (kind.group || undefined);
}

/** A new object of a kind, for a `create` action or a test. */
export function draft<Spec, Status>(
  kind: Kind<Spec, Status>,
  metadata: Partial<ObjectMeta> & { name: string },
  spec: Spec,
): Draft<Spec, Status> {
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata, spec };
}
