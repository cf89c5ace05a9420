/** Lists: selectors, pages, order, dependents. */
import { describe, expect, it } from 'vitest';
import { type Requirement, requirementsOf } from '../selector.ts';
import type { Store } from '../store.ts';
import { create, type OpenStore, opened, ownedBy, WIDGET, widget } from './support.ts';

/** Declares the tests of lists. */
export function listSuite(open: OpenStore): void {
  describe('lists', () => {
    it('lists a kind by namespace and name, and nothing else', async () => {
      const { store } = await opened(open);
      for (const [namespace, name] of [
        ['b', 'x'],
        ['a', 'z'],
        ['a', 'y-1'],
        ['a', 'y'],
      ] as const) {
        await create(store, widget(name, { namespace }));
      }
      await create(store, { ...widget('other'), kind: 'Gadget' });
      expect(await names(store, {})).toEqual(['a/y', 'a/y-1', 'a/z', 'b/x']);
      expect(await names(store, { namespace: 'a' })).toEqual(['a/y', 'a/y-1', 'a/z']);
      expect(await names(store, { namespace: 'a', name: 'z' })).toEqual(['a/z']);
      const empty = await store.list({ group: 'none', kind: 'None' });
      expect(empty).toEqual({ items: [], resourceVersion: await store.head() });
    });

    it('selects by labels with every operator', async () => {
      const { store } = await opened(open);
      await create(store, widget('red-big', { labels: { colour: 'red', size: 'big' } }));
      await create(store, widget('blue', { labels: { colour: 'blue' } }));
      await create(store, widget('plain'));
      const cases: [Requirement[], string[]][] = [
        [requirementsOf({ matchLabels: { colour: 'red' } }), ['red-big']],
        [requirementsOf({ matchLabels: { colour: 'red', size: 'small' } }), []],
        [[{ key: 'colour', op: 'in', values: ['red', 'blue'] }], ['blue', 'red-big']],
        [[{ key: 'colour', op: 'notin', values: ['red'] }], ['blue', 'plain']],
        [[{ key: 'size', op: 'exists' }], ['red-big']],
        [[{ key: 'colour', op: 'absent' }], ['plain']],
        [
          [
            { key: 'colour', op: 'in', values: ['red'] },
            { key: 'colour', op: 'in', values: ['blue'] },
          ],
          [],
        ],
        [[], ['blue', 'plain', 'red-big']],
      ];
      for (const [labels, expected] of cases) {
        expect(await names(store, { labels }), JSON.stringify(labels)).toEqual(expected.map((name) => `default/${name}`));
      }
    });

    it('pages without repeating or skipping what is there throughout, at the version of the first page', async () => {
      const { store } = await opened(open);
      for (let i = 0; i < 25; i++) await create(store, widget(`w-${String(i).padStart(2, '0')}`));
      const first = await store.list({ ...WIDGET, limit: 10 });
      expect(first).toMatchObject({ resourceVersion: await store.head(), remaining: 15 });
      // Between the pages objects before, between and after the cursor come and go.
      await create(store, widget('w-00a'));
      await create(store, widget('w-15a'));
      await store.commit({ writes: [{ op: 'delete', was: first.items[9]! }] });
      const second = await store.list({ ...WIDGET, limit: 10, continue: first.continue });
      const third = await store.list({ ...WIDGET, limit: 10, continue: second.continue });
      expect([second.resourceVersion, third.resourceVersion]).toEqual([first.resourceVersion, first.resourceVersion]);
      expect(third.continue).toBeUndefined();
      const seen = [first, second, third].flatMap((page) => page.items.map((item) => item.metadata.name));
      expect(new Set(seen).size).toBe(seen.length);
      const stable = Array.from({ length: 25 }, (_, i) => `w-${String(i).padStart(2, '0')}`);
      expect(seen.filter((name) => stable.includes(name))).toEqual(stable);
    });

    it('refuses a token that is not its own', async () => {
      const { store } = await opened(open);
      await expect(store.list({ ...WIDGET, continue: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ code: 'badRequest' });
    });

    it('finds dependents by owner uid', async () => {
      const { store } = await opened(open);
      const owner = await create(store, widget('owner'));
      await create(store, widget('one', { ownerReferences: [ownedBy(owner)] }));
      await create(store, widget('two', { namespace: 'other', ownerReferences: [ownedBy(owner)] }));
      await create(store, widget('three'));
      const found = await store.dependents(owner.metadata.uid);
      expect(found.map((object) => object.metadata.name)).toEqual(['one', 'two']);
    });
  });
}

async function names(store: Store, query: { namespace?: string; name?: string; labels?: Requirement[] }): Promise<string[]> {
  const { items } = await store.list({ ...WIDGET, ...query });
  return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}
