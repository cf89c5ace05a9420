/** The memory store's objects with the indexes that lists need: by name, by kind, by owner. */
import { type GroupKind, groupOf, type KubeObject, type Ref, refKey, refOf } from '../object.ts';

/** Stored objects. What is kept here is never handed out uncopied. */
export interface Objects {
  byUid(uid: string): KubeObject | undefined;
  byRef(ref: Ref): KubeObject | undefined;
  /** All of a kind, ordered by namespace and name as the database orders them. */
  ofKind(kind: GroupKind): KubeObject[];
  ownedBy(uid: string): KubeObject[];
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
}

/** Makes an empty collection. */
export function createObjects(): Objects {
  const all = new Map<string, KubeObject>();
  const uids = new Map<string, string>();
  const kinds = new Map<string, Map<string, KubeObject>>();
  /** Uids of a kind in order; forgotten when one comes or goes. */
  const sorted = new Map<string, string[]>();
  const dependents = new Map<string, Set<string>>();

  const kindKey = (kind: GroupKind) => `${kind.group}/${kind.kind}`;
  const forget = (object: KubeObject) => {
    for (const owner of object.metadata.ownerReferences ?? []) dependents.get(owner.uid)?.delete(object.metadata.uid);
  };

  return {
    byUid: (uid) => all.get(uid),
    byRef: (ref) => all.get(uids.get(refKey(ref)) ?? ''),
    ofKind(kind) {
      const key = kindKey(kind);
      const members = kinds.get(key);
      if (!members) return [];
      if (!sorted.has(key))
        sorted.set(
          key,
          [...members.values()].sort(byKey).map((object) => object.metadata.uid),
        );
      return sorted.get(key)!.map((uid) => members.get(uid)!);
    },
    ownedBy: (uid) => [...(dependents.get(uid) ?? [])].map((one) => all.get(one)!).sort(byKey),
    put(object) {
      const { uid } = object.metadata;
      const before = all.get(uid);
      if (before) forget(before);
      all.set(uid, object);
      uids.set(refKey(refOf(object)), uid);
      const kind = kindKey({ group: groupOf(object.apiVersion), kind: object.kind });
      if (!kinds.has(kind)) kinds.set(kind, new Map());
      if (!before) sorted.delete(kind);
      kinds.get(kind)!.set(uid, object);
      for (const owner of object.metadata.ownerReferences ?? []) {
        if (!dependents.has(owner.uid)) dependents.set(owner.uid, new Set());
        dependents.get(owner.uid)!.add(uid);
      }
    },
    remove(object) {
      forget(object);
      const { uid } = object.metadata;
      all.delete(uid);
      uids.delete(refKey(refOf(object)));
      const kind = kindKey({ group: groupOf(object.apiVersion), kind: object.kind });
      kinds.get(kind)?.delete(uid);
      sorted.delete(kind);
      if (!dependents.get(uid)?.size) dependents.delete(uid);
    },
  };
}

/** Namespace, then name, by code unit: as the database's "C" collation orders names, which are ASCII. */
export function byKey(a: KubeObject, b: KubeObject): number {
  return compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name);
}

/** Whether an object comes after a key in that order. */
export function isAfter(object: KubeObject, key: { namespace: string; name: string }): boolean {
  return (compare(object.metadata.namespace ?? '', key.namespace) || compare(object.metadata.name, key.name)) > 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
