/** Objects of one simulated cluster: what its etcd would hold. In memory, with versions and a short history for watches. */
import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error.ts';
import { groupVersionOf, type Resource, resourceOf } from './resources.ts';

/** A Kubernetes object, loosely. */
export interface Obj {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: {
      kind: string;
      name: string;
      uid: string;
      controller?: boolean;
      blockOwnerDeletion?: boolean;
      apiVersion: string;
    }[];
    [more: string]: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: bodies of two dozen kinds; the simulation reads a few fields of each
  [field: string]: any;
}

/** A change, for watches and controllers. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: Resource;
  object: Obj;
  version: number;
}

/** The objects of a cluster. */
export interface Objects {
  version(): number;
  get(resource: Resource, namespace: string, name: string): Obj | undefined;
  /** By namespace ('' = all) and name. */
  list(resource: Resource, namespace: string): Obj[];
  /** Throws ApiError 409 if it is there. */
  create(resource: Resource, object: Obj): Obj;
  /** Nothing is written where nothing differs. Throws ApiError 404, or 409 if `object` carries another version. */
  replace(resource: Resource, object: Obj): Obj;
  remove(resource: Resource, namespace: string, name: string): Obj;
  /** Changes after `since`; undefined if that is too long ago. */
  since(since: number): Change[] | undefined;
  onChange(listener: (change: Change) => void): () => void;
  /** Everything, for a disk. */
  saved(): SavedObjects;
}

/** Objects as a disk keeps them: by `group/plural`. */
export interface SavedObjects {
  version: number;
  all: Record<string, Obj[]>;
}

/** Changes kept for watches that come back. */
const HISTORY = 500;
/** Versions skipped by a store that comes from a disk: those that were given out but not written are never given out again. */
const SKIPPED = 1000;

/** Makes an empty one, or one of what a disk has kept. Watches from before end with 410, as their history is gone. */
export function makeObjects(saved?: SavedObjects): Objects {
  const tables = new Map<Resource, Map<string, Obj>>();
  const history: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let version = saved ? saved.version + SKIPPED : 1;
  const table = (resource: Resource) => {
    const found = tables.get(resource);
    if (found) return found;
    const made = new Map<string, Obj>();
    tables.set(resource, made);
    return made;
  };
  const tell = (type: Change['type'], resource: Resource, object: Obj) => {
    const change = { type, resource, object, version };
    history.push(change);
    if (history.length > HISTORY) history.shift();
    for (const listener of [...listeners]) listener(change);
  };
  const find = (resource: Resource, namespace: string, name: string) => {
    const object = table(resource).get(keyOf(resource, namespace, name));
    if (!object) throw ApiError.notFound(resource, name);
    return object;
  };
  for (const [path, objects] of Object.entries(saved?.all ?? {})) {
    const [group = '', plural = ''] = path.split('/');
    const resource = resourceOf(group, plural);
    if (!resource) continue;
    for (const object of objects)
      table(resource).set(keyOf(resource, object.metadata.namespace ?? '', object.metadata.name), object);
  }

  return {
    version: () => version,
    get: (resource, namespace, name) => table(resource).get(keyOf(resource, namespace, name)),
    list: (resource, namespace) =>
      [...table(resource).values()]
        .filter((object) => namespace === '' || object.metadata.namespace === namespace)
        .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
    create(resource, object) {
      const key = keyOf(resource, object.metadata.namespace ?? '', object.metadata.name);
      if (table(resource).has(key)) throw ApiError.alreadyExists(resource, object.metadata.name);
      const made: Obj = {
        ...object,
        apiVersion: groupVersionOf(resource),
        kind: resource.kind,
        metadata: {
          ...object.metadata,
          uid: randomUUID(),
          resourceVersion: String(++version),
          generation: 1,
          creationTimestamp: now(),
        },
      };
      table(resource).set(key, made);
      tell('ADDED', resource, made);
      return made;
    },
    replace(resource, object) {
      const { namespace = '', name, resourceVersion } = object.metadata;
      const was = find(resource, namespace, name);
      if (resourceVersion && resourceVersion !== was.metadata.resourceVersion) throw ApiError.conflict(resource, name);
      const kept = { uid: was.metadata.uid, creationTimestamp: was.metadata.creationTimestamp };
      const next: Obj = { ...object, metadata: { ...object.metadata, ...kept, resourceVersion: was.metadata.resourceVersion } };
      if (JSON.stringify(next) === JSON.stringify(was)) return was;
      const moved = JSON.stringify(next.spec) !== JSON.stringify(was.spec) ? 1 : 0;
      next.metadata.generation = (was.metadata.generation ?? 1) + moved;
      next.metadata.resourceVersion = String(++version);
      table(resource).set(keyOf(resource, namespace, name), next);
      tell('MODIFIED', resource, next);
      return next;
    },
    remove(resource, namespace, name) {
      const was = find(resource, namespace, name);
      table(resource).delete(keyOf(resource, namespace, name));
      const gone = { ...was, metadata: { ...was.metadata, resourceVersion: String(++version) } };
      tell('DELETED', resource, gone);
      return was;
    },
    since(since) {
      const oldest = history[0]?.version ?? version + 1;
      if (since + 1 < oldest && since < version) return undefined;
      return history.filter((change) => change.version > since);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    saved: () => ({
      version,
      all: Object.fromEntries([...tables].map(([{ group, plural }, objects]) => [`${group}/${plural}`, [...objects.values()]])),
    }),
  };
}

/** A time as Kubernetes writes it. */
export function now(at = new Date()): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function keyOf(resource: Resource, namespace: string, name: string): string {
  return resource.namespaced ? `${namespace}/${name}` : name;
}

function sortKey(object: Obj): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
