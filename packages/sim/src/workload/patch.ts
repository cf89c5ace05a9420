/** Patches: merge (RFC 7386), strategic merge for the few lists that matter, JSON patch (RFC 6902) for add, replace, remove and test. */
import { ApiError } from './api-error.ts';
import type { Obj } from './objects.ts';

/** Lists that strategic merge and server-side apply merge by a key, by the name of their field. */
const MERGE_KEYS: Record<string, string> = {
  conditions: 'type',
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  ports: 'containerPort',
  ownerReferences: 'uid',
};

/** Applies a patch by its content type. Throws ApiError 415 for others, 422 where it does not fit. */
export function applyPatch(contentType: string, was: Obj, patch: unknown): Obj {
  switch (contentType.split(';')[0]) {
    case 'application/merge-patch+json':
      return merge(was, patch, false) as Obj;
    case 'application/strategic-merge-patch+json':
    case 'application/apply-patch+yaml':
      return merge(was, patch, true) as Obj;
    case 'application/json-patch+json':
      return jsonPatch(was, patch as JsonPatch);
    default:
      throw new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - ${contentType}`);
  }
}

function merge(was: unknown, patch: unknown, strategic: boolean, field = ''): unknown {
  if (Array.isArray(patch) && strategic && Array.isArray(was) && MERGE_KEYS[field])
    return mergeList(was, patch, MERGE_KEYS[field]);
  if (!isRecord(patch)) return patch;
  if (strategic && patch.$patch === 'replace') return without(patch);
  const made: Record<string, unknown> = isRecord(was) ? { ...was } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete made[key];
    else made[key] = merge(made[key], value, strategic, key);
  }
  return made;
}

function mergeList(was: unknown[], patch: unknown[], key: string): unknown[] {
  const made = [...was];
  for (const item of patch) {
    if (!isRecord(item)) continue;
    const index = made.findIndex((other) => isRecord(other) && other[key] === item[key]);
    if (item.$patch === 'delete') {
      if (index >= 0) made.splice(index, 1);
    } else if (index < 0) made.push(item);
    else made[index] = merge(made[index], item, true);
  }
  return made;
}

function without({ $patch: _patch, ...rest }: Record<string, unknown>) {
  return rest;
}

type JsonPatch = { op: string; path: string; value?: unknown }[];

function jsonPatch(was: Obj, patch: JsonPatch): Obj {
  const made = structuredClone(was);
  for (const { op, path, value } of patch) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop()!;
    let at: unknown = made;
    for (const key of keys) at = isRecord(at) || Array.isArray(at) ? (at as Record<string, unknown>)[key] : undefined;
    const holder = at as Record<string, unknown> | unknown[] | undefined;
    if (!holder) throw new ApiError(422, 'Invalid', `${path} does not exist`);
    change(holder, op, last, value, path);
  }
  return made;
}

function change(holder: Record<string, unknown> | unknown[], op: string, key: string, value: unknown, path: string): void {
  if (Array.isArray(holder)) {
    const index = key === '-' ? holder.length : Number(key);
    if (op === 'add') holder.splice(index, 0, value);
    else if (op === 'remove') holder.splice(index, 1);
    else holder[index] = value;
    return;
  }
  if (op === 'test' && JSON.stringify(holder[key]) !== JSON.stringify(value)) {
    throw new ApiError(422, 'Invalid', `the test of ${path} failed`);
  }
  if (op === 'remove') delete holder[key];
  else if (op !== 'test') holder[key] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
