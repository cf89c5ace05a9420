/**
 * Sets of fields as metadata.managedFields writes them (FieldsV1): `f:` a field, `k:` an item of a keyed list, `v:` a member of a
 * set, `.` the item itself. A leaf is `{}`. Lists are atomic unless a key is known for them. Pure.
 */
import { equalJson } from '../store/json.ts';
import type { Json } from '../store/object.ts';
import { isRecord } from './paths.ts';

/** A set of fields as a tree. */
export interface FieldSet {
  [step: string]: FieldSet;
}

/** The key of a keyed list by dotted path; '' = a set of scalars. */
export type ListKeys = Record<string, string>;

/** All fields a value has. */
export function fieldsOf(value: Json, keys: ListKeys, path = ''): FieldSet {
  const set: FieldSet = {};
  for (const [step, child, at] of childrenOf(value, keys, path)) {
    const below = isBranch(child, keys, at) ? fieldsOf(child, keys, at) : {};
    set[step] = step.startsWith('k:') ? { '.': {}, ...below } : below;
  }
  return set;
}

/** The fields of `now` that `was` lacks or has otherwise. */
export function changedFields(was: Json | undefined, now: Json, keys: ListKeys, path = ''): FieldSet {
  const set: FieldSet = {};
  for (const [step, child, at] of childrenOf(now, keys, path)) {
    const before = was === undefined ? undefined : childAt(was, step, keys, path);
    if (before !== undefined && equalJson(before, child)) continue;
    if (!isBranch(child, keys, at)) set[step] = {};
    else {
      const below = changedFields(before, child, keys, at);
      if (before === undefined && step.startsWith('k:')) below['.'] = {};
      if (Object.keys(below).length > 0) set[step] = below;
    }
  }
  return set;
}

/** Fields in either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { ...a };
  for (const [step, below] of Object.entries(b)) result[step] = union(result[step] ?? {}, below);
  return result;
}

/** Leaves of `a` that are no leaves of `b`. An empty map that somebody set is a leaf of its own, apart from what is below it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [step, below] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined || isLeaf(below) !== isLeaf(other)) result[step] = below;
    else if (!isLeaf(below)) {
      const rest = difference(below, other);
      if (!isLeaf(rest)) result[step] = rest;
    }
  }
  return result;
}

/** Leaves of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [step, below] of Object.entries(a)) {
    const other = b[step];
    if (other === undefined || isLeaf(below) !== isLeaf(other)) continue;
    const shared = intersection(below, other);
    if (isLeaf(below) || !isLeaf(shared)) result[step] = shared;
  }
  return result;
}

/** The leaves as `.spec.replicas`, `.metadata.ownerReferences[uid="u"].name`, as Kubernetes names them in conflicts. */
export function leafTexts(set: FieldSet, prefix = ''): string[] {
  return Object.entries(set).flatMap(([step, below]) => {
    const text = step === '.' ? prefix : prefix + stepText(step);
    return isLeaf(below) ? [text] : leafTexts(below, text);
  });
}

/** Calls back for each leaf with the steps to it. */
export function eachLeaf(set: FieldSet, visit: (steps: string[]) => void, steps: string[] = []): void {
  for (const [step, below] of Object.entries(set)) {
    if (isLeaf(below)) visit([...steps, step]);
    else eachLeaf(below, visit, [...steps, step]);
  }
}

/** Whether the set holds nothing (or the node is a leaf). */
export function isLeaf(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

/** The value a path of steps leads to; undefined where there is none. */
export function valueAt(value: Json | undefined, steps: readonly string[], keys: ListKeys): Json | undefined {
  let here = value;
  let path = '';
  for (const step of steps) {
    if (here === undefined || step === '.') return here;
    here = childAt(here, step, keys, path);
    path = nextPath(path, step);
  }
  return here;
}

/** Removes what a path of steps leads to, and keyed items and maps that this leaves empty. */
export function removeAt(value: Json, steps: readonly string[], keys: ListKeys, path = ''): void {
  const [step, ...rest] = steps;
  if (step === undefined || step === '.') return;
  const below = nextPath(path, step);
  if (rest.length > 0 && rest[0] !== '.') {
    const child = childAt(value, step, keys, path);
    if (child === undefined) return;
    removeAt(child, rest, keys, below);
    if (!(isRecord(child) && Object.keys(child).length === 0) && !(Array.isArray(child) && child.length === 0)) return;
  }
  if (Array.isArray(value)) {
    const index = value.findIndex((item) => itemStep(item, keys[path] ?? '') === step);
    if (index >= 0) value.splice(index, 1);
  } else if (isRecord(value)) delete value[step.slice(2)];
}

function childrenOf(value: Json, keys: ListKeys, path: string): [step: string, child: Json, path: string][] {
  if (Array.isArray(value)) return value.map((item) => [itemStep(item, keys[path] ?? ''), item, path]);
  if (!isRecord(value)) return [];
  const present = Object.entries(value).filter(([, child]) => child !== undefined);
  return present.map(([key, child]) => [`f:${key}`, child, path === '' ? key : `${path}.${key}`]);
}

function childAt(value: Json, step: string, keys: ListKeys, path: string): Json | undefined {
  if (Array.isArray(value)) return value.find((item) => itemStep(item, keys[path] ?? '') === step);
  return isRecord(value) && Object.hasOwn(value, step.slice(2)) ? value[step.slice(2)] : undefined;
}

function itemStep(item: Json, key: string): string {
  return key !== '' && isRecord(item) ? `k:${JSON.stringify({ [key]: item[key] ?? null })}` : `v:${JSON.stringify(item)}`;
}

/** Whether fields below this value are told apart. An empty map or list is a leaf: somebody said "empty". */
function isBranch(value: Json, keys: ListKeys, path: string): boolean {
  if (Array.isArray(value)) return value.length > 0 && keys[path] !== undefined;
  return isRecord(value) && Object.keys(value).length > 0;
}

function nextPath(path: string, step: string): string {
  if (!step.startsWith('f:')) return path;
  return path === '' ? step.slice(2) : `${path}.${step.slice(2)}`;
}

function stepText(step: string): string {
  if (step.startsWith('f:')) return `.${step.slice(2)}`;
  if (step.startsWith('v:')) return `[=${step.slice(2)}]`;
  const [[key, value] = ['', '']] = Object.entries(JSON.parse(step.slice(2)) as Record<string, Json>);
  return `[${key}=${JSON.stringify(value)}]`;
}
