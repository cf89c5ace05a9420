import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { create, type OpenStore, widget, widgetRef } from '../conformance/support.ts';
import { storeConformance } from '../conformance.ts';
import { createMemoryStore } from './store.ts';

const NOTHING = { wakesOf: () => [], secretFields: () => [], newUid: () => randomUUID() };

const open: OpenStore = async (options) => {
  const store = createMemoryStore({ ...NOTHING, ...options, eventRetention: 1_000 });
  return {
    store,
    close: () => store.close(),
    async forgetEvents() {
      for (let i = 0; i < 2_100; i++) await create(store, { ...widget(`filler-${i}`), kind: 'Filler' });
    },
  };
};

storeConformance('memory', open);

describe('memory store', () => {
  it('takes its time from the clock it is given', async () => {
    let now = new Date('2026-01-01T00:00:00.900Z');
    const store = createMemoryStore({ ...NOTHING, now: () => now });
    const made = await create(store, widget('a'));
    expect(made.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
    await store.queue.wake([{ reconciler: 'r', namespace: '', name: 'k', at: new Date('2026-01-01T01:00:00Z') }]);
    expect(await store.queue.claim(1)).toEqual([]);
    now = new Date('2026-01-01T01:00:00Z');
    expect(await store.queue.claim(1)).toHaveLength(1);
  });

  it('starts with a copy of objects, kept as they are', async () => {
    const first = createMemoryStore(NOTHING);
    const made = await create(first, widget('a', { finalizers: ['f'] }));
    const [marked] = (await first.commit({ writes: [{ op: 'delete', was: made }] })).objects;
    const second = createMemoryStore({ ...NOTHING, objects: [marked!] });
    expect(await second.get(widgetRef('a'))).toEqual(marked);
    expect(await second.head()).toBe(marked!.metadata.resourceVersion);
  });
});
