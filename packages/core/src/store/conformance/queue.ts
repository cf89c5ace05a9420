/** The queue: the Kubernetes work-queue rule. One row per key, never twice at once, once more after a wake-up during work. */
import { describe, expect, it } from 'vitest';
import type { Claim, Store, Wake } from '../store.ts';
import { change, create, eventually, type OpenStore, opened, ownedBy, WIDGET, widget, widgetRef } from './support.ts';

const key = (name: string, at?: Date): Wake => ({ reconciler: 'r', namespace: 'n', name, ...(at ? { at } : {}) });
const namesOf = (claims: Claim[]) => claims.map((claim) => claim.name).sort();

/** Declares the tests of the queue. */
export function queueSuite(open: OpenStore): void {
  describe('queue', () => {
    it('claims due keys once, by reconciler and limit', async () => {
      const { store } = await opened(open);
      await store.queue.wake([key('a'), key('b'), key('b'), { reconciler: 's', namespace: 'n', name: 'c' }]);
      expect(await store.queue.claim(10, ['none'])).toEqual([]);
      expect(namesOf(await store.queue.claim(10, ['s']))).toEqual(['c']);
      expect(await store.queue.claim(1)).toHaveLength(1);
      expect(await store.queue.claim(10)).toHaveLength(1);
      expect(await store.queue.claim(10)).toEqual([]);
      expect(await store.queue.depth()).toEqual({ waiting: 0, due: 0, claimed: 3 });
    });

    it('runs a key woken during work once more, and not at the same time', async () => {
      const { store } = await opened(open);
      await store.queue.wake([key('a')]);
      const [claim] = await store.queue.claim(1);
      await store.queue.wake([key('a')]);
      await store.queue.wake([key('a')]);
      expect(await store.queue.claim(1)).toEqual([]);
      await store.commit({ done: { claim: claim! } });
      const [again] = await store.queue.claim(10);
      expect(again).toMatchObject({ name: 'a', failures: 0 });
      expect(again!.gen).toBeGreaterThan(claim!.gen);
      await store.commit({ done: { claim: again! } });
      expect(await store.queue.claim(10)).toEqual([]);
      expect(await store.queue.depth()).toEqual({ waiting: 0, due: 0, claimed: 0 });
    });

    it('pulls a key forward for an earlier time and does not push it back for a later one', async () => {
      const { store } = await opened(open);
      const now = (await store.now()).getTime();
      const [soon, later] = [new Date(now + 60_000), new Date(now + 600_000)];
      await store.queue.wake([key('a', later)]);
      expect(await store.queue.nextDue()).toEqual(later);
      await store.queue.wake([key('a', soon)]);
      await store.queue.wake([key('a', later)]);
      expect(await store.queue.nextDue()).toEqual(soon);
      expect(await store.queue.claim(1)).toEqual([]);
      await store.queue.wake([key('a')]);
      expect(namesOf(await store.queue.claim(1))).toEqual(['a']);
      expect(await store.queue.nextDue()).toBeNull();
    });

    it('runs a key again when its plan asks for it, unless it is woken before', async () => {
      const { store } = await opened(open);
      const again = new Date((await store.now()).getTime() + 60_000);
      await store.queue.wake([key('a')]);
      const [claim] = await store.queue.claim(1);
      await store.commit({ done: { claim: claim!, again } });
      expect(await store.queue.nextDue()).toEqual(again);
      expect(await store.queue.claim(1)).toEqual([]);
      await store.queue.wake([key('a')]);
      expect(namesOf(await store.queue.claim(1))).toEqual(['a']);
    });

    it('counts failures in a row and forgets them on success', async () => {
      const { store } = await opened(open);
      const now = await store.now();
      await store.queue.wake([key('a')]);
      for (const failures of [0, 1, 2]) {
        const [claim] = await store.queue.claim(1);
        expect(claim!.failures).toBe(failures);
        await store.queue.release(claim!, { failed: true, again: now });
      }
      const [claim] = await store.queue.claim(1);
      await store.queue.release(claim!, { again: now });
      expect((await store.queue.claim(1))[0]!.failures).toBe(0);
    });

    it('refuses the commit of a claim that is not held', async () => {
      const { store } = await opened(open);
      await store.queue.wake([key('a')]);
      const [claim] = await store.queue.claim(1);
      await store.queue.release(claim!, {});
      const late = store.commit({ writes: [{ op: 'create', object: widget('late') }], done: { claim: claim! } });
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.get(widgetRef('late'))).toBeNull();
    });

    it('lets an old claim of a key neither give back nor commit what a later claim holds', async () => {
      const { store } = await opened(open);
      await store.queue.wake([key('a')]);
      const [old] = await store.queue.claim(1);
      await store.queue.release(old!, { again: await store.now() });
      await store.queue.release(old!, {});
      const [later] = await store.queue.claim(1);
      await store.queue.release(old!, { again: await store.now() });
      expect(await store.queue.claim(1)).toEqual([]);
      await expect(store.commit({ done: { claim: old! } })).rejects.toMatchObject({ code: 'conflict' });
      await store.commit({ done: { claim: later! } });
      expect((await store.queue.depth()).claimed).toBe(0);
    });

    it('wakes what a change concerns, in its own commit, and nothing where nothing changed', async () => {
      const { store } = await opened(open, {
        wakesOf: ({ before, after }) => [key(`${before?.metadata.generation ?? 0}-${after?.metadata.generation ?? 0}`)],
      });
      const made = await create(store, widget('a'));
      expect(namesOf(await store.queue.claim(10))).toEqual(['0-1']);
      await change(store, made, () => undefined);
      expect((await store.queue.depth()).waiting).toBe(0);
      const after = await change(store, made, (copy) => {
        copy.spec = { size: 2 };
      });
      expect(namesOf(await store.queue.claim(10))).toEqual(['1-2']);
      await store.commit({ writes: [{ op: 'delete', was: after! }] });
      expect(namesOf(await store.queue.claim(10, ['r']))).toEqual(['2-0']);
    });

    it('resolves selections against the objects as the commit leaves them', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner', { namespace: 'x' }));
      await create(store, widget('red', { labels: { colour: 'red', size: 'big' } }));
      await create(store, widget('red', { namespace: 'x', labels: { colour: 'red' }, ownerReferences: [ownedBy(owner)] }));
      await create(store, { ...widget('gadget', { labels: { colour: 'red' } }), kind: 'Gadget' });
      await store.queue.claim(100);
      const select = async (wanted: object, writes: Parameters<Store['commit']>[0]['writes'] = []) => {
        await store.commit({ writes, wakes: [{ reconciler: 'sel', select: { ...WIDGET, ...wanted } }] });
        const claims = await store.queue.claim(100, ['sel']);
        for (const claim of claims) await store.commit({ done: { claim } });
        return claims.map((claim) => `${claim.namespace}/${claim.name}`).sort();
      };
      expect(await select({})).toEqual(['default/red', 'x/owner', 'x/red']);
      expect(await select({ namespace: 'x' })).toEqual(['x/owner', 'x/red']);
      expect(await select({ labels: { colour: 'red' } })).toEqual(['default/red', 'x/red']);
      expect(await select({ labels: { colour: 'red', size: 'big' } })).toEqual(['default/red']);
      expect(await select({ namespace: 'x', labels: { colour: 'red' } })).toEqual(['x/red']);
      expect(await select({ ownerUid: owner.metadata.uid })).toEqual(['x/red']);
      const fresh = widget('new', { labels: { colour: 'red' } });
      expect(await select({ labels: { colour: 'red' } }, [{ op: 'create', object: fresh }])).toEqual([
        'default/new',
        'default/red',
        'x/red',
      ]);
      expect(await select({ labels: { colour: 'none' } })).toEqual([]);
    });

    it('never gives one key to two of many workers, and loses no wake-up', async () => {
      const { store } = await opened(open);
      const busy = new Set<string>();
      const written = new Map<string, number>();
      const seen = new Map<string, number>();
      let overlaps = 0;
      let done = false;
      const worker = async () => {
        for (;;) {
          const claims = await store.queue.claim(2);
          if (!claims.length && done && (await store.queue.depth()).due === 0) return;
          for (const claim of claims) {
            if (busy.has(claim.name)) overlaps++;
            busy.add(claim.name);
            seen.set(claim.name, written.get(claim.name) ?? 0);
            await new Promise((resolve) => setTimeout(resolve, 1));
            busy.delete(claim.name);
            await store.commit({ done: { claim } });
          }
          await store.queue.idle(5, AbortSignal.timeout(1_000));
        }
      };
      const workers = Array.from({ length: 4 }, worker);
      for (let i = 0; i < 60; i++) {
        const name = `k${i % 5}`;
        written.set(name, i);
        await store.queue.wake([key(name)]);
      }
      done = true;
      await Promise.all(workers);
      expect(overlaps).toBe(0);
      expect(seen).toEqual(written);
    });

    it('wakes whoever is idle', async () => {
      const { store } = await opened(open);
      let woken = false;
      const idle = store.queue.idle(30_000, AbortSignal.timeout(30_000)).then(() => {
        woken = true;
      });
      await eventually(async () => {
        await store.queue.wake([key('a')]);
        return woken;
      });
      await idle;
    });
  });
}
