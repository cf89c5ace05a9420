/** Many writers at once and followers that rebuild the state from list and watch: shared by both stores and by several processes. */
import { expect } from 'vitest';
import { isCode } from '../../errors.ts';
import type { KubeObject } from '../object.ts';
import { matches, type Requirement } from '../selector.ts';
import type { Store, WatchEvent } from '../store.ts';
import { change, create, eventually, WIDGET, widget, widgetRef } from './support.ts';

/** A selector that some of the written objects match, some of the time. */
export const RED: Requirement[] = [{ key: 'colour', op: 'in', values: ['red'] }];

/** 16 writers over these stores (of one database) while followers watch `reader`; every follower must end with exactly the listed state. */
export async function storm(stores: Store[], reader: Store, rounds: number): Promise<void> {
  const writers = Array.from({ length: 16 }, (_, writer) => write(stores[writer % stores.length]!, writer, rounds));
  const stop = new AbortController();
  const followers = [follow(reader, stop.signal), follow(reader, stop.signal, RED)];
  // Followers that start in the middle must come to the same.
  await eventually(async () => Number(await reader.head()) > rounds * 3);
  followers.push(follow(reader, stop.signal), follow(reader, stop.signal, RED));
  await Promise.all(writers);
  const { items, resourceVersion } = await reader.list(WIDGET);
  // The last word of the log: followers that have it have everything.
  const end = await create(stores[0]!, widget('end', { namespace: 'end', labels: { colour: 'red' } }));
  expect(Number(end.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
  const states = await Promise.all(followers);
  stop.abort();
  const all = byName([...items, end]);
  const red = byName([...items, end].filter((object) => matches(RED, object.metadata.labels)));
  expect(states).toEqual([all, red, all, red]);
}

/** Creates, changes, relabels and deletes its own objects and fights over a shared one. */
async function write(store: Store, writer: number, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const name = `w${writer}-${round % 4}`;
    const acts = ['red', 'blue', 'red', 'delete'];
    await perform(store, name, acts[(round + writer) % acts.length]!);
    await perform(store, 'shared', round % 2 ? 'red' : 'blue').catch((error) => {
      if (!isCode(error, 'conflict') && !isCode(error, 'alreadyExists')) throw error;
    });
  }
}

/** Creates, relabels or deletes the object of a name. */
export async function perform(store: Store, name: string, act: string): Promise<void> {
  const was = await store.get(widgetRef(name));
  const labels: Record<string, string> | undefined = act === 'none' ? undefined : { colour: act };
  if (!was) {
    if (act !== 'delete') await create(store, widget(name, { labels }));
  } else if (act === 'delete') {
    await store.commit({ writes: [{ op: 'delete', was }] });
  } else {
    await change(store, was, (copy) => {
      copy.metadata.labels = labels;
      copy.spec = { size: Number(copy.metadata.resourceVersion) };
    });
  }
}

/** List, then watch from there; checks order and the rules of ADDED, MODIFIED and DELETED on the way. Ends at the object `end`. */
async function follow(store: Store, signal: AbortSignal, labels?: Requirement[]): Promise<Record<string, KubeObject>> {
  const { items, resourceVersion } = await store.list({ ...WIDGET, ...(labels ? { labels } : {}) });
  const state = new Map(items.map((item) => [item.metadata.name, item]));
  let last = Number(resourceVersion);
  for await (const event of store.watch({ ...WIDGET, resourceVersion, signal, ...(labels ? { labels } : {}) })) {
    expect(Number(event.resourceVersion)).toBeGreaterThan(last);
    last = Number(event.resourceVersion);
    applyEvent(state, event);
    if ('object' in event && event.object.metadata.name === 'end') break;
  }
  return byName([...state.values()]);
}

/** Applies an event to a rebuilt state, and checks that it fits. */
export function applyEvent(state: Map<string, KubeObject>, event: WatchEvent): void {
  if (event.type === 'BOOKMARK') return;
  const { name } = event.object.metadata;
  expect(state.has(name), `${event.type} ${name}`).toBe(event.type !== 'ADDED');
  if (event.type === 'DELETED') state.delete(name);
  else state.set(name, event.object);
}

/** Objects by name. */
export function byName(objects: KubeObject[]): Record<string, KubeObject> {
  return Object.fromEntries(objects.map((object) => [object.metadata.name, object]));
}
