/** Paths into JSON, and what two JSON values have in common. Pure. */
import { equalJson } from '../store/json.ts';
import type { Json } from '../store/object.ts';

/** A step: a key of an object or an index of an array. */
export type Step = string | number;

/** A JSON object (not an array, not null). */
export function isRecord(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. */
export function at(value: Json | undefined, path: readonly Step[]): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isRecord(here)) here = Object.hasOwn(here, step) ? here[step] : undefined;
    else return undefined;
  }
  return here;
}

/** Sets the value at a path, making objects on the way; undefined removes it. Does nothing where the way leads through a scalar or a missing array item. */
export function setAt(root: Json, path: readonly Step[], value: Json | undefined): void {
  let here: Json = root;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (Array.isArray(here)) {
      const position = Number(step);
      if (!(position < here.length)) return;
      if (last) {
        if (value === undefined) here.splice(position, 1);
        else here[position] = value;
        return;
      }
      here = here[position]!;
    } else if (isRecord(here)) {
      const key = String(step);
      if (key === '__proto__') return;
      if (last) {
        if (value === undefined) delete here[key];
        else here[key] = value;
        return;
      }
      if (here[key] === undefined) {
        if (value === undefined) return;
        here[key] = {};
      }
      here = here[key]!;
    } else return;
  }
}

/** Where `b` does not say what `a` says: the path of the difference, and both values. Arrays of equal length are compared item by item. */
export interface Difference {
  path: Step[];
  a: Json | undefined;
  b: Json | undefined;
}

/** The differences between two values, `a` leading: what only `b` has is not named. */
export function lostFrom(a: Json | undefined, b: Json | undefined, path: Step[] = []): Difference[] {
  if (a === undefined || equalJson(a, b)) return [];
  if (isRecord(a) && isRecord(b)) return Object.keys(a).flatMap((key) => lostFrom(a[key], b[key], [...path, key]));
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return a.flatMap((item, index) => lostFrom(item, b[index], [...path, index]));
  }
  return [{ path, a, b }];
}

/** A path as Kubernetes writes it: `spec.rules[0].host`, `metadata.labels[a/b]`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z0-9_$-]+$/.test(String(step))) text += text === '' ? String(step) : `.${String(step)}`;
    else text += `[${String(step)}]`;
  }
  return text;
}
