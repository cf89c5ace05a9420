/** What the conformance tests share: a kind to write, short ways to write it, and waiting with a deadline. */
import { onTestFinished } from 'vitest';
import type { KubeObject, OwnerReference } from '../object.ts';
import type { Commit, Draft, Store, StoreOptions, WatchEvent, WatchQuery } from '../store.ts';

/** What a test may ask of the store it opens. */
export type TestOptions = Partial<Pick<StoreOptions, 'wakesOf' | 'secretFields'>>;

/** An opened store. */
export interface OpenedStore {
  store: Store;
  /** Makes the log forget everything before the newest event. */
  forgetEvents: () => Promise<void>;
  close: () => Promise<void>;
}

/** Opens an empty store of one implementation. */
export type OpenStore = (options?: TestOptions) => Promise<OpenedStore>;

/** Group and kind of the objects that tests write. */
export const WIDGET = { group: 'test.slipway.dev', kind: 'Widget' };

/** Opens a store for the running test and closes it afterwards. */
export async function opened(open: OpenStore, options?: TestOptions): Promise<OpenedStore> {
  const made = await open(options);
  onTestFinished(() => made.close());
  return made;
}

/** A widget to create. */
export function widget(name: string, more: Partial<Draft['metadata']> = {}, spec: unknown = { size: 1 }): Draft {
  return { apiVersion: 'test.slipway.dev/v1', kind: 'Widget', metadata: { name, namespace: 'default', ...more }, spec };
}

/** The Ref of a widget. */
export function widgetRef(name: string, namespace = 'default') {
  return { ...WIDGET, namespace, name };
}

/** Creates an object and returns it as stored. */
export async function create(store: Store, object: Draft, more: Commit = {}): Promise<KubeObject> {
  const { objects } = await store.commit({ ...more, writes: [{ op: 'create', object }] });
  return objects[0]!;
}

/** Changes a copy of an object and writes it; null = the change removed it. */
export async function change(store: Store, was: KubeObject, alter: (copy: KubeObject) => void): Promise<KubeObject | null> {
  const object = structuredClone(was);
  alter(object);
  const { objects } = await store.commit({ writes: [{ op: 'update', was, object }] });
  return objects[0]!;
}

/** An owner reference, blocking or not. */
export function ownedBy(owner: KubeObject, blockOwnerDeletion = false): OwnerReference {
  const { name, uid } = owner.metadata;
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, blockOwnerDeletion };
}

/** Watches until `enough` says so, at most `ms`; returns what came. */
export async function watchUntil(
  store: Store,
  query: Omit<WatchQuery, 'signal'>,
  enough: (events: WatchEvent[]) => boolean,
  ms = 30_000,
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of store.watch({ ...query, signal: AbortSignal.timeout(ms) })) {
    events.push(event);
    if (enough(events)) return events;
  }
  throw new Error(`the watch ended after ${ms} ms with ${events.length} events: ${events.map((one) => one.type).join(' ')}`);
}

/** Waits until a condition holds, at most `ms`. */
export async function eventually(condition: () => Promise<boolean>, ms = 30_000): Promise<void> {
  const until = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`a condition did not come true within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An object without what differs from store to store. */
export function shape(object: KubeObject | null): unknown {
  return object && { ...object, metadata: { ...object.metadata, uid: '', resourceVersion: '', creationTimestamp: '' } };
}
