/** From what came over the wire to an object of a kind: unknown fields named, types checked, defaults of the schema filled in. */
import { z } from 'zod';
import type { FieldError } from '../errors.ts';
import type { Json, KubeObject } from '../store/object.ts';
import { type AnyKind, type KindSchema, servedSchema } from './define-kind.ts';
import { METADATA_FIELDS, metadataErrors } from './metadata.ts';
import { isRecord, pathText, type Step } from './paths.ts';
import { apiVersionOf } from './registry.ts';

/** A parsed object. With errors, `object` holds what could be read. */
export interface Parsed {
  /** Pruned of unknown fields, with the schema's defaults. */
  object: KubeObject;
  /** The same without defaults: what the client said itself. */
  said: KubeObject;
  /** Paths of unknown fields, as `spec.foo.bar`. */
  unknown: string[];
  errors: FieldError[];
}

/** Most deeply a body may nest; deeper is refused before any recursion meets it. */
export const MAX_DEPTH = 64;

/** Parses a body against a version's schema. With `only`, the other top-level fields are neither read nor judged. */
export function parseObject(kind: AnyKind, version: string, body: { [key: string]: Json }, only?: 'status'): Parsed {
  const schema = servedSchema(kind, version);
  const input = withoutNulls(body);
  const unknown: Step[][] = [];
  const errors: FieldError[] = [...metadataErrors(input.metadata)];
  const object: { [key: string]: Json } = { apiVersion: apiVersionOf(kind.group, version), kind: kind.kind };
  const metadata = isRecord(input.metadata) ? input.metadata : {};
  for (const key of Object.keys(metadata)) if (!METADATA_FIELDS.has(key)) unknown.push(['metadata', key]);
  object.metadata = Object.fromEntries(Object.entries(metadata).filter(([key]) => METADATA_FIELDS.has(key)));
  const parts = partsOf(schema);
  for (const key of Object.keys(input)) {
    if (key !== 'apiVersion' && key !== 'kind' && key !== 'metadata' && !(key in parts)) unknown.push([key]);
  }
  for (const [part, partSchema] of Object.entries(parts)) {
    if (only !== undefined && part !== only) continue;
    // Status is the planners': a write through the object's own door drops it, so it is no ground for a refusal there.
    const dropped = part === 'status' && only === undefined && kind.statusSubresource;
    if (part === 'status' && input.status === undefined) continue;
    parsePart(part, partSchema, input, object, unknown, dropped ? [] : errors);
  }
  return {
    object: object as unknown as KubeObject,
    said: saidOf(input, unknown) as unknown as KubeObject,
    unknown: unknown.map(pathText),
    errors,
  };
}

function parsePart(
  part: string,
  schema: z.ZodType,
  input: { [key: string]: Json },
  object: { [key: string]: Json },
  unknown: Step[][],
  errors: FieldError[],
): void {
  let value = input[part];
  if (holdsNothing(schema)) {
    if (value !== undefined && !isEmpty(value)) unknown.push([part]);
    return;
  }
  let result = schema.safeParse(value);
  const strict = result.success ? [] : unrecognised(result.error);
  if (strict.length > 0) {
    // A strict schema refuses what a plain one drops: both are unknown fields to us.
    unknown.push(...strict.map((path) => [part, ...path]));
    value = dropped(value, strict);
    result = schema.safeParse(value);
  }
  if (!result.success) {
    errors.push(...result.error.issues.map((issue) => fieldError(part, value, issue)));
    return;
  }
  if (result.data === undefined) return;
  unknown.push(...missingIn(value, result.data as Json, [part]));
  object[part] = result.data as Json;
}

/** The top-level schemas of a version: spec, status and the fields beside them. */
export function partsOf(schema: KindSchema): Record<string, z.ZodType> {
  return { ...(schema.spec ? { spec: schema.spec } : {}), ...(schema.status ? { status: schema.status } : {}), ...schema.fields };
}

/** Whether a schema is `z.never().optional()`: the kind has no such field. */
export function holdsNothing(schema: z.ZodType): boolean {
  return schema instanceof z.ZodOptional ? holdsNothing(schema.unwrap() as z.ZodType) : schema instanceof z.ZodNever;
}

function isEmpty(value: Json): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

/** null means absent for a Kubernetes field, as clients write `creationTimestamp: null`. Nulls inside lists stay. */
export function withoutNulls<T extends Json>(value: T, depth = 0): T {
  if (depth > MAX_DEPTH) throw new RangeError(`the object nests deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1)) as T;
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => item !== null && item !== undefined && key !== '__proto__');
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item, depth + 1)])) as T;
}

/** Keys of the input that parsing dropped. */
function missingIn(input: Json | undefined, output: Json | undefined, path: Step[]): Step[][] {
  if (Array.isArray(input) && Array.isArray(output)) {
    return input.flatMap((item, index) => missingIn(item, output[index], [...path, index]));
  }
  if (!isRecord(input) || !isRecord(output)) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    Object.hasOwn(output, key) ? missingIn(value, output[key], [...path, key]) : [[...path, key]],
  );
}

function saidOf(input: { [key: string]: Json }, unknown: Step[][]): { [key: string]: Json } {
  return dropped(input, unknown) as { [key: string]: Json };
}

function dropped(value: Json | undefined, paths: readonly Step[][]): Json | undefined {
  if (value === undefined || paths.length === 0) return value;
  const copy = structuredClone(value);
  for (const path of paths) removeKey(copy, path);
  return copy;
}

function removeKey(value: Json, path: readonly Step[]): void {
  let here: Json | undefined = value;
  for (const step of path.slice(0, -1)) {
    here = Array.isArray(here) ? here[Number(step)] : isRecord(here) ? here[step] : undefined;
  }
  if (isRecord(here)) delete here[String(path.at(-1))];
}

function unrecognised(error: z.ZodError): Step[][] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...(issue.path as Step[]), key]) : [],
  );
}

function fieldError(part: string, input: Json | undefined, issue: z.core.$ZodIssue): FieldError {
  const field = pathText([part, ...issue.path]);
  const missing = valueAt(input, issue.path) === undefined;
  if (missing && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union')) {
    return { field, reason: 'FieldValueRequired', message: 'is required' };
  }
  if (issue.code === 'invalid_type') {
    return { field, reason: 'FieldValueTypeInvalid', message: `must be of type ${issue.expected}` };
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map((value) => JSON.stringify(value)).join(', ');
    return { field, reason: 'FieldValueNotSupported', message: `supported values: ${values}` };
  }
  return { field, reason: 'FieldValueInvalid', message: issue.message };
}

function valueAt(value: Json | undefined, path: readonly PropertyKey[]): unknown {
  let here: unknown = value;
  for (const step of path) here = (here as Record<PropertyKey, unknown> | undefined | null)?.[step];
  return here;
}
