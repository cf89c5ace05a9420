/** Optimistic concurrency: one of several writers wins, and a plan stands or falls as a whole. */
import { describe, expect, it } from 'vitest';
import { change, create, type OpenStore, opened, widget, widgetRef } from './support.ts';

/** Declares the tests of guards. */
export function guardSuite(open: OpenStore): void {
  describe('guards', () => {
    it('lets exactly one of many writers of one version win', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      const tries = Array.from({ length: 16 }, (_, size) =>
        change(store, made, (copy) => {
          copy.spec = { size: size + 10 };
        }),
      );
      const results = await Promise.allSettled(tries);
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
      expect((await store.get(widgetRef('a')))!.spec).toEqual((won[0] as PromiseFulfilledResult<{ spec: unknown }>).value.spec);
    });

    it('writes nothing of a plan whose one write conflicts', async () => {
      const { store } = await opened(open, { wakesOf: () => [{ reconciler: 'r', namespace: '', name: 'woken' }] });
      const made = await create(store, widget('a'));
      await change(store, made, (copy) => {
        copy.spec = { size: 2 };
      });
      await store.queue.claim(10);
      const head = await store.head();
      const plan = store.commit({
        writes: [
          { op: 'create', object: widget('b') },
          { op: 'update', was: made, object: { ...made, spec: { size: 3 } } },
        ],
        wakes: [{ reconciler: 'r', namespace: '', name: 'other' }],
      });
      await expect(plan).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.get(widgetRef('b'))).toBeNull();
      expect(await store.head()).toBe(head);
      expect((await store.queue.depth()).waiting).toBe(0);
    });

    it('does not let a conflict hurt commits that run beside it', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      await change(store, made, (copy) => {
        copy.spec = { size: 2 };
      });
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          i % 2
            ? create(store, widget(`n${i}`))
            : store.commit({ writes: [{ op: 'update', was: made, object: { ...made, spec: { i } } }] }),
        ),
      );
      expect(results.map((result) => result.status)).toEqual(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? 'fulfilled' : 'rejected')),
      );
    });

    it('refuses write skew: two plans that stood on what the other changes', async () => {
      const { store } = await opened(open);
      const left = await create(store, widget('left'));
      const right = await create(store, widget('right'));
      // Each may only take its own if the other is still free.
      const take = (mine: typeof left, other: typeof left) =>
        store.commit({
          expects: [{ ref: widgetRef(other.metadata.name), resourceVersion: other.metadata.resourceVersion }],
          writes: [{ op: 'update', was: mine, object: { ...mine, spec: { taken: true } } }],
        });
      const results = await Promise.allSettled([take(left, right), take(right, left)]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      const now = [await store.get(widgetRef('left')), await store.get(widgetRef('right'))];
      expect(now.filter((object) => (object!.spec as { taken?: boolean }).taken)).toHaveLength(1);
    });

    it('guards absence too', async () => {
      const { store } = await opened(open);
      const absent = { ref: widgetRef('ghost'), resourceVersion: '' };
      await store.commit({ expects: [absent], writes: [{ op: 'create', object: widget('first') }] });
      await create(store, widget('ghost'));
      const late = store.commit({ expects: [absent], writes: [{ op: 'create', object: widget('second') }] });
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
    });

    it('refuses a deletion planned from an old version', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      await change(store, made, (copy) => {
        copy.spec = { size: 2 };
      });
      await expect(store.commit({ writes: [{ op: 'delete', was: made }] })).rejects.toMatchObject({ code: 'conflict' });
    });

    it('writes an object once per commit', async () => {
      const { store } = await opened(open);
      const twice = store.commit({
        writes: [
          { op: 'create', object: widget('a') },
          { op: 'create', object: widget('a') },
        ],
      });
      await expect(twice).rejects.toMatchObject({ code: 'badRequest' });
    });
  });
}
