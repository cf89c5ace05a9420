/**
 * Conversions between v1beta1 and the hub as tables: each row says where a field lives in one version and in the other, and how its value is
 * written there. One table serves both directions. Fields without a row keep their place.
 */
import type { Json, KubeObject } from '../../store/object.ts';
import { durationOf, secondsOf } from './durations.ts';

/** Converts a value of one version to the other; `namespace` is the object's. undefined = the other version cannot hold it. */
export interface Codec {
  toHub: (value: Json) => Json | undefined;
  fromHub: (value: Json, namespace: string | undefined) => Json | undefined;
}

/** One row of a table: dotted paths. `hub: null` = the hub does not know it; `old: null` = v1beta1 does not know it. */
export interface Move {
  old: string | null;
  hub: string | null;
  as?: Codec;
}

/** `10m0s` ↔ 600. */
export const duration: Codec = {
  toHub: (value) => (typeof value === 'string' ? secondsOf(value) : undefined),
  fromHub: (value) => (typeof value === 'number' ? durationOf(value) : undefined),
};

/**
 * corev1.ObjectReference ↔ {apiGroup, kind, name}. On the way back the version is v1beta1, which every kind we serve in these groups
 * has, so that a v1beta1 manifest reads as it was written; the namespace is always the object's own.
 */
export const reference: Codec = {
  toHub: (value) => {
    if (!isRecord(value) || !value.kind) return undefined;
    const apiVersion = typeof value.apiVersion === 'string' ? value.apiVersion : '';
    const slash = apiVersion.indexOf('/');
    return { apiGroup: slash < 0 ? '' : apiVersion.slice(0, slash), kind: value.kind, name: value.name ?? '' };
  },
  fromHub: (value, namespace) => {
    if (!isRecord(value) || !value.kind) return undefined;
    const apiVersion = value.apiGroup ? `${value.apiGroup}/v1beta1` : 'v1';
    return { apiVersion, kind: value.kind, name: value.name ?? '', ...(namespace ? { namespace } : {}) };
  },
};

/** `{a: 'x'}` ↔ `[{name: 'a', value: 'x'}]`, sorted by name. */
export const argList: Codec = {
  toHub: (value) =>
    isRecord(value)
      ? Object.keys(value)
          .sort()
          .map((name) => ({ name, value: value[name] ?? '' }))
      : undefined,
  fromHub: (value) =>
    Array.isArray(value)
      ? Object.fromEntries(value.filter(isRecord).map((entry) => [String(entry.name), entry.value ?? '']))
      : undefined,
};

/** A codec for each element of a list, by its own table. */
export function each(moves: readonly Move[]): Codec {
  return {
    toHub: (value) =>
      Array.isArray(value) ? value.map((item) => (isRecord(item) ? apply(item, moves, 'hub') : item)) : undefined,
    fromHub: (value, namespace) =>
      Array.isArray(value) ? value.map((item) => (isRecord(item) ? apply(item, moves, 'old', namespace) : item)) : undefined,
  };
}

/** The rows of a table, all under a prefix of each version. */
export function under(old: string, hub: string, moves: readonly Move[]): Move[] {
  const at = (prefix: string, path: string | null) => (path === null ? null : `${prefix}.${path}`);
  return moves.map((move) => ({ ...move, old: at(old, move.old), hub: at(hub, move.hub) }));
}

/** `toHub` and `fromHub` of a kind's version, from its table. */
export function conversion(group: string, hub: string, old: string, moves: readonly Move[]) {
  const convert = (object: KubeObject, to: 'hub' | 'old'): KubeObject => {
    const made = apply(object as unknown as Fields, moves, to, object.metadata?.namespace);
    // spec and status stay, even when all they held has gone.
    for (const part of Object.keys(object)) made[part] ??= {};
    return { ...made, apiVersion: `${group}/${to === 'hub' ? hub : old}` } as unknown as KubeObject;
  };
  return {
    toHub: (object: KubeObject): KubeObject => convert(object, 'hub'),
    fromHub: (object: KubeObject): KubeObject => convert(object, 'old'),
  };
}

interface Fields {
  [key: string]: Json;
}

/** All moved fields are taken out first and then put in, so that rows may swap places. */
function apply(object: Fields, moves: readonly Move[], to: 'hub' | 'old', namespace?: string): Fields {
  const from = to === 'hub' ? 'old' : 'hub';
  const made = structuredClone(object);
  const taken = moves.map((move) => {
    const path = move[from];
    return { move, value: path === null ? undefined : take(made, path.split('.'), move.old !== move.hub) };
  });
  for (const { move, value } of taken) {
    const path = move[to];
    if (value === undefined || path === null) continue;
    const codec = move.as;
    const converted = !codec ? value : to === 'hub' ? codec.toHub(value) : codec.fromHub(value, namespace);
    if (converted !== undefined) put(made, path.split('.'), converted);
  }
  return made;
}

/**
 * Takes a value out and removes the parents that it leaves empty. Where the field has another home in the other version, parents that
 * were empty before go too, for the other version does not know them; elsewhere they stay: `{}` may mean something.
 */
function take(object: Fields, path: string[], prune: boolean): Json | undefined {
  const [key, ...rest] = path as [string, ...string[]];
  if (!Object.hasOwn(object, key)) return undefined;
  const child = object[key];
  if (rest.length === 0) {
    delete object[key];
    return child;
  }
  if (!isRecord(child)) return undefined;
  const value = take(child, rest, prune);
  if ((value !== undefined || prune) && Object.keys(child).length === 0) delete object[key];
  return value;
}

function put(object: Fields, path: string[], value: Json): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    object[key] = value;
    return;
  }
  const child = object[key];
  const next: Fields = isRecord(child) ? child : {};
  if (next !== child) object[key] = next;
  put(next, rest, value);
}

function isRecord(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
