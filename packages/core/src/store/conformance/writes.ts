/** Writes: creation, change, deletion, finalizers, and that nothing new writes nothing. */
import { describe, expect, it } from 'vitest';
import { change, create, type OpenStore, opened, widget, widgetRef } from './support.ts';

/** Declares the tests of writes. */
export function writeSuite(open: OpenStore): void {
  describe('writes', () => {
    it('gives uid, generation, time and version, and reads back what was written', async () => {
      const { store } = await opened(open);
      const made = await create(store, {
        ...widget('a', { labels: { x: '1' } }),
        status: { ready: false },
        extra: ['kept'],
      } as never);
      expect(made.metadata).toMatchObject({ name: 'a', namespace: 'default', generation: 1, labels: { x: '1' } });
      expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(await store.get(widgetRef('a'))).toEqual(made);
      expect(await store.getByUid(made.metadata.uid)).toEqual(made);
      expect(made).toMatchObject({ spec: { size: 1 }, status: { ready: false }, extra: ['kept'] });
      expect(await store.get(widgetRef('b'))).toBeNull();
    });

    it('makes a name from generateName', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('', { generateName: 'node-' }));
      expect(made.metadata.name).toMatch(/^node-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    });

    it('raises generation for spec alone, and versions for both', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      const status = await change(store, made, (copy) => {
        copy.status = { ready: true };
      });
      expect(status!.metadata.generation).toBe(1);
      const spec = await change(store, status!, (copy) => {
        copy.spec = { size: 2 };
      });
      expect(spec!.metadata.generation).toBe(2);
      expect(spec!.status).toEqual({ ready: true });
      expect(Number(spec!.metadata.resourceVersion)).toBeGreaterThan(Number(status!.metadata.resourceVersion));
      expect(await store.get(widgetRef('a'))).toEqual(spec);
    });

    it('raises generation for other fields of kinds without a spec', async () => {
      const { store } = await opened(open);
      const made = await create(store, { ...widget('a'), spec: undefined, data: { key: 'old' } } as never);
      const after = await change(store, made, (copy) => {
        (copy as unknown as { data: unknown }).data = { key: 'new' };
      });
      expect(after).toMatchObject({ data: { key: 'new' }, metadata: { generation: 2 } });
      expect('spec' in after!).toBe(false);
    });

    it('removes a part that is taken away', async () => {
      const { store } = await opened(open);
      const made = await create(store, { ...widget('a', { labels: { x: '1' } }), status: { ready: true } });
      await change(store, made, (copy) => {
        delete copy.status;
        delete copy.metadata.labels;
      });
      const read = await store.get(widgetRef('a'));
      expect(read!.status).toBeUndefined();
      expect(read!.metadata.labels).toBeUndefined();
    });

    it('writes nothing where nothing is new', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      const head = await store.head();
      const result = await store.commit({ writes: [{ op: 'update', was: made, object: structuredClone(made) }] });
      expect(result).toEqual({ objects: [made], changed: [false], resourceVersion: head });
      expect(await store.head()).toBe(head);
    });

    it('keeps uid and time of birth, whatever an update says', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      const after = await change(store, made, (copy) => {
        copy.metadata.creationTimestamp = '2001-01-01T00:00:00Z';
        copy.metadata.deletionTimestamp = '2001-01-01T00:00:00Z';
        copy.metadata.generation = 99;
      });
      expect(after).toEqual(made);
      const other = change(store, made, (copy) => {
        copy.metadata.uid = 'another';
      });
      await expect(other).rejects.toMatchObject({ code: 'invalid' });
    });

    it('deletes at once without finalizers, and is content if it is gone', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      const gone = await store.commit({ writes: [{ op: 'delete', was: made }] });
      expect(gone).toMatchObject({ objects: [null], changed: [true] });
      expect(await store.get(widgetRef('a'))).toBeNull();
      const again = await store.commit({ writes: [{ op: 'delete', was: made }] });
      expect(again).toMatchObject({ objects: [null], changed: [false] });
    });

    it('marks what has finalizers, and removes it with the last one', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a', { finalizers: ['one', 'two'] }));
      const { objects } = await store.commit({ writes: [{ op: 'delete', was: made }] });
      const marked = objects[0]!;
      expect(marked.metadata.deletionTimestamp).toMatch(/Z$/);
      expect(marked.metadata.generation).toBe(2);
      const fresh = change(store, marked, (copy) => copy.metadata.finalizers!.push('three'));
      await expect(fresh).rejects.toMatchObject({ code: 'invalid' });
      const left = await change(store, marked, (copy) => {
        copy.metadata.finalizers = ['two'];
        delete copy.metadata.deletionTimestamp;
      });
      expect(left!.metadata.deletionTimestamp).toBe(marked.metadata.deletionTimestamp);
      const removed = await change(store, left!, (copy) => {
        copy.metadata.finalizers = [];
        copy.status = { last: 'words' };
      });
      expect(removed).toBeNull();
      expect(await store.getByUid(made.metadata.uid)).toBeNull();
    });

    it('refuses a second object of a name, and takes the name again afterwards', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      await expect(create(store, widget('a'))).rejects.toMatchObject({ code: 'alreadyExists' });
      await create(store, widget('a', { namespace: 'other' }));
      await store.commit({ writes: [{ op: 'delete', was: made }] });
      const next = await create(store, widget('a'));
      expect(next.metadata.uid).not.toBe(made.metadata.uid);
      const late = change(store, made, (copy) => {
        copy.spec = { size: 9 };
      });
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
    });

    it('hands out copies', async () => {
      const { store } = await opened(open);
      const made = await create(store, widget('a'));
      (made.spec as { size: number }).size = 77;
      const read = await store.get(widgetRef('a'));
      expect(read!.spec).toEqual({ size: 1 });
    });
  });
}
