/** Patches: RFC 7386 merge patch, RFC 6902 JSON patch, and Kubernetes' strategic merge patch for the built-in kinds. Pure. */
import jsonPatch from 'fast-json-patch';
import { AppError } from '../errors.ts';
import { equalJson } from '../store/json.ts';
import type { Json, KubeObject } from '../store/object.ts';
import type { AnyKind } from './define-kind.ts';
import { isRecord } from './paths.ts';
import type { Patch } from './pipeline-types.ts';

/** Most operations of a JSON patch (apiserver's maxJSONPatchOperations). */
const MOST_OPERATIONS = 10_000;

/** The object a patch makes of `object`. Throws `badRequest` for a malformed patch, `invalid` for one that does not fit. */
export function applyPatch(kind: AnyKind, object: KubeObject, patch: Patch): { [key: string]: Json } {
  const target = structuredClone(object) as unknown as { [key: string]: Json };
  switch (patch.type) {
    case 'merge':
      return record(mergePatch(target, recordBody(patch.body)));
    case 'strategic':
      if (!kind.strategicMergeKeys) throw unsupportedPatch(kind);
      return record(strategicMerge(target, recordBody(patch.body), '', listKeysOf(kind)) ?? {});
    case 'json':
      return record(applyJsonPatch(target, patch.body));
    default:
      return patch satisfies never;
  }
}

/** RFC 7386: null removes, objects merge, all else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  const result: { [key: string]: Json } = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__') continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function applyJsonPatch(target: Json, body: unknown): Json {
  if (!Array.isArray(body)) throw new AppError('badRequest', 'a JSON patch is a list of operations');
  if (body.length > MOST_OPERATIONS) {
    throw new AppError('tooLarge', `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${body.length}`);
  }
  try {
    return jsonPatch.applyPatch(target, body, true, true, true).newDocument as Json;
  } catch (error) {
    // The library appends the whole document to its message: a Secret must not come back in an error.
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it does not fit';
    throw new AppError('invalid', `the JSON patch could not be applied: ${why.slice(0, 200)}`, { cause: undefined });
  }
}

/** The merge key of each list by dotted path; '' = a set of scalars. Lists without one are replaced as a whole. */
export function listKeysOf(kind: AnyKind): Record<string, string> {
  return { 'metadata.ownerReferences': 'uid', 'metadata.finalizers': '', ...kind.strategicMergeKeys };
}

function strategicMerge(
  target: Json | undefined,
  patch: { [key: string]: Json },
  path: string,
  keys: Record<string, string>,
): Json | undefined {
  if (patch.$patch === 'delete') return undefined;
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  const result: { [key: string]: Json } = isRecord(target) ? { ...target } : {};
  retainOnly(result, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === '__proto__') continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const list = key.slice('$deleteFromPrimitiveList/'.length);
      const gone = Array.isArray(value) ? value : [];
      result[list] = items(result[list]).filter((item) => !gone.some((other) => equalJson(item, other)));
    } else if (key.startsWith('$')) {
      // $setElementOrder only sorts; the order of merged lists carries no meaning in the kinds served here.
    } else if (value === null) delete result[key];
    else if (isRecord(value)) {
      const merged = strategicMerge(result[key], value, at, keys);
      if (merged === undefined) delete result[key];
      else result[key] = merged;
    } else if (Array.isArray(value) && keys[at] !== undefined) result[key] = mergeList(items(result[key]), value, at, keys);
    else result[key] = value;
  }
  return result;
}

function mergeList(target: Json[], patch: Json[], path: string, keys: Record<string, string>): Json[] {
  const key = keys[path]!;
  if (patch.some((item) => isRecord(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isRecord(item) && item.$patch === 'replace'));
  }
  if (key === '') return [...target, ...patch.filter((item) => !target.some((other) => equalJson(item, other)))];
  const result = [...target];
  for (const item of patch) {
    if (!isRecord(item)) throw new AppError('badRequest', `${path}: items of a strategic merge patch are objects with "${key}"`);
    if (item[key] === undefined) throw new AppError('badRequest', `${path}: the item has no merge key "${key}"`);
    const index = result.findIndex((other) => isRecord(other) && equalJson(other[key], item[key]));
    const merged = strategicMerge(result[index], item, path, keys);
    if (merged === undefined) {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) result[index] = merged;
    else result.push(merged);
  }
  return result;
}

function items(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function retainOnly(target: { [key: string]: Json }, keep: Json | undefined): void {
  if (!Array.isArray(keep)) return;
  for (const key of Object.keys(target)) if (!keep.includes(key)) delete target[key];
}

function withoutDirectives(patch: { [key: string]: Json }): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

function record(value: Json): { [key: string]: Json } {
  if (!isRecord(value)) throw new AppError('badRequest', 'the patched object would not be an object any more');
  return value;
}

function recordBody(body: unknown): { [key: string]: Json } {
  if (!isRecord(body)) throw new AppError('badRequest', 'the patch must be a JSON object');
  return body;
}

function unsupportedPatch(kind: AnyKind): AppError {
  const accepted = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted} (${kind.kind} takes no strategic merge patch)`;
  return new AppError('unsupportedMediaType', message);
}
