/** The served kinds, looked up by what clients say: group, version, resource, kind or short name. */
import { groupOf } from '../store/object.ts';
import type { AnyKind, Version } from './define-kind.ts';

/** All kinds of a server. */
export interface Registry {
  kinds: readonly AnyKind[];
  /** By the words of a URL. undefined where the resource is not served in that version. */
  byResource(group: string, version: string, resource: string): AnyKind | undefined;
  byKind(group: string, kind: string): AnyKind | undefined;
  /** By what a person types: plural, singular, kind or short name, with `.group` after it if it must be told apart. */
  find(word: string): AnyKind | undefined;
  /** Served group/versions, the core group first, then by group; hub versions before others. */
  groupVersions(): { group: string; version: string }[];
}

/** Makes a registry. Throws if two kinds claim the same name. */
export function createRegistry(kinds: readonly AnyKind[]): Registry {
  const byKind = index(kinds, (kind) => `${kind.group}/${kind.kind}`);
  const byPlural = index(kinds, (kind) => `${kind.group}/${kind.plural}`);
  return {
    kinds,
    byResource(group, version, resource) {
      const kind = byPlural.get(`${group}/${resource}`);
      return kind && servedVersion(kind, version) ? kind : undefined;
    },
    byKind: (group, kind) => byKind.get(`${group}/${kind}`),
    find: (word) => kinds.find((kind) => isCalled(kind, word.toLowerCase())),
    groupVersions: () => groupVersions(kinds),
  };
}

/** The version of that name, if it is served. */
export function servedVersion(kind: AnyKind, name: string): Version | undefined {
  return kind.versions.find((version) => version.name === name && version.served);
}

/** `group/version`, or `version` for the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The version in an apiVersion: `apps/v1` → `v1`. */
export function versionOf(apiVersion: string): string {
  return groupOf(apiVersion) === '' ? apiVersion : apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** `plural.group` as error messages of Kubernetes have it: `clusters.cluster.x-k8s.io`, `secrets`. */
export function groupResource(kind: AnyKind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

function index(kinds: readonly AnyKind[], keyOf: (kind: AnyKind) => string): Map<string, AnyKind> {
  const found = new Map<string, AnyKind>();
  for (const kind of kinds) {
    const key = keyOf(kind);
    if (found.has(key)) throw new Error(`two kinds are declared as ${key}; a name belongs to one kind of its group`);
    found.set(key, kind);
  }
  return found;
}

function isCalled(kind: AnyKind, word: string): boolean {
  return [kind.plural, kind.singular, ...kind.shortNames].some((name) => word === name || word === `${name}.${kind.group}`);
}

function groupVersions(kinds: readonly AnyKind[]): { group: string; version: string }[] {
  const found = new Map<string, { group: string; version: string; hub: boolean }>();
  for (const kind of kinds) {
    for (const version of kind.versions) {
      if (!version.served) continue;
      const key = apiVersionOf(kind.group, version.name);
      const hub = version.name === kind.hub || (found.get(key)?.hub ?? false);
      found.set(key, { group: kind.group, version: version.name, hub });
    }
  }
  const order = (a: { group: string; hub: boolean; version: string }, b: typeof a) =>
    a.group.localeCompare(b.group) || Number(b.hub) - Number(a.hub) || b.version.localeCompare(a.version);
  return [...found.values()].sort(order).map(({ group, version }) => ({ group, version }));
}
