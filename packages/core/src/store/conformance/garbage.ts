/** The garbage collector over both stores, driven by the wake-ups that the store itself adds. */
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../garbage.ts';
import type { KubeObject } from '../object.ts';
import { GARBAGE_COLLECTOR } from '../prepare.ts';
import type { Propagation, Store } from '../store.ts';
import { change, create, type OpenStore, opened, ownedBy, widget, widgetRef } from './support.ts';

/** Declares the tests of garbage collection. */
export function garbageSuite(open: OpenStore): void {
  describe('garbage', () => {
    it('deletes dependents of a removed owner, down the tree', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      const child = await create(store, widget('child', { ownerReferences: [ownedBy(owner)] }));
      await create(store, widget('grandchild', { ownerReferences: [ownedBy(child)] }));
      await create(store, widget('stranger'));
      await remove(store, owner, 'Background');
      await settle(store);
      expect(await left(store, 'owner', 'child', 'grandchild', 'stranger')).toEqual(['stranger']);
    });

    it('keeps what another living object owns, and drops the dead reference', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      const other = await create(store, widget('other'));
      await create(store, widget('child', { ownerReferences: [ownedBy(owner), ownedBy(other)] }));
      await remove(store, owner);
      await settle(store);
      const child = await store.get(widgetRef('child'));
      expect(child!.metadata.ownerReferences).toEqual([ownedBy(other)]);
    });

    it('marks dependents that have finalizers, and they go with the last one', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      await create(store, widget('child', { finalizers: ['wait'], ownerReferences: [ownedBy(owner)] }));
      await remove(store, owner);
      await settle(store);
      const child = await store.get(widgetRef('child'));
      expect(child!.metadata.deletionTimestamp).toBeDefined();
      await change(store, child!, (copy) => {
        copy.metadata.finalizers = [];
      });
      expect(await left(store, 'child')).toEqual([]);
    });

    it('in the foreground keeps the owner until its blocking dependents are gone', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      const child = await create(store, widget('child', { finalizers: ['wait'], ownerReferences: [ownedBy(owner, true)] }));
      await create(store, widget('loose', { finalizers: ['wait'], ownerReferences: [ownedBy(owner, false)] }));
      await create(store, widget('grandchild', { ownerReferences: [ownedBy(child, true)] }));
      await remove(store, owner, 'Foreground');
      await settle(store);
      expect(await left(store, 'owner', 'child', 'loose', 'grandchild')).toEqual(['owner', 'child', 'loose']);
      const marked = await store.get(widgetRef('child'));
      expect(marked!.metadata.deletionTimestamp).toBeDefined();
      await change(store, marked!, (copy) => {
        copy.metadata.finalizers = [];
      });
      await settle(store);
      // What does not block goes on by itself.
      expect(await left(store, 'owner', 'child', 'loose')).toEqual(['loose']);
      expect((await store.get(widgetRef('loose')))!.metadata.deletionTimestamp).toBeDefined();
    });

    it('as orphans keeps the dependents without their reference', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      await create(store, widget('child', { ownerReferences: [ownedBy(owner, true)] }));
      await remove(store, owner, 'Orphan');
      await settle(store);
      expect(await left(store, 'owner', 'child')).toEqual(['child']);
      expect((await store.get(widgetRef('child')))!.metadata.ownerReferences).toBeUndefined();
    });

    it('collects what is born with an owner that is already gone', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      await remove(store, owner);
      await settle(store);
      await create(store, widget('late', { ownerReferences: [ownedBy(owner)] }));
      await settle(store);
      expect(await left(store, 'late')).toEqual([]);
    });

    it('handles many dependents in bounded passes', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      const writes = Array.from({ length: 120 }, (_, i) => ({
        op: 'create' as const,
        object: widget(`c${i}`, { ownerReferences: [ownedBy(owner)] }),
      }));
      await store.commit({ writes });
      await remove(store, owner);
      const first = await collectGarbage(store, owner.metadata.uid);
      expect(first).toEqual({ changed: 100, again: true });
      await settle(store);
      expect(await store.dependents(owner.metadata.uid)).toEqual([]);
    });

    it('does nothing for an owner that lives', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      await create(store, widget('child', { ownerReferences: [ownedBy(owner)] }));
      expect(await collectGarbage(store, owner.metadata.uid)).toEqual({ changed: 0, again: false });
    });
  });
}

async function remove(store: Store, was: KubeObject, propagation?: Propagation): Promise<void> {
  await store.commit({ writes: [{ op: 'delete', was, ...(propagation ? { propagation } : {}) }] });
}

async function left(store: Store, ...names: string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => store.get(widgetRef(name))));
  return names.filter((_, index) => found[index]);
}

/** Runs the collector as a worker does, until the queue has nothing more for it. */
async function settle(store: Store): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const claims = await store.queue.claim(50, [GARBAGE_COLLECTOR]);
    if (!claims.length) return;
    for (const claim of claims) {
      await collectGarbage(store, claim.name);
      await store.commit({ done: { claim } });
    }
  }
  throw new Error('the collector does not come to rest');
}
