/** Watches: nothing missed, nothing twice, nothing out of order, also while many write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../object.ts';
import { matches, type Requirement } from '../selector.ts';
import type { Store, WatchEvent } from '../store.ts';
import { applyEvent, byName, perform, RED, storm } from './storm.ts';
import { change, create, type OpenStore, opened, WIDGET, watchUntil, widget } from './support.ts';

/** Declares the tests of watches. */
export function watchSuite(open: OpenStore): void {
  describe('watches', () => {
    it('tells additions, changes and removals after a version', async () => {
      const { store } = await opened(open);
      await create(store, widget('before'));
      const from = await store.head();
      const made = await create(store, widget('a'));
      const after = await change(store, made, (copy) => {
        copy.status = { ready: true };
      });
      await store.commit({ writes: [{ op: 'delete', was: after! }] });
      const events = await watchUntil(store, { ...WIDGET, resourceVersion: from }, (seen) => seen.length === 3);
      expect(events.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
      const [added, modified, deleted] = events.map((event) => ('object' in event ? event : undefined));
      expect(added!.object).toEqual(made);
      expect(modified!.object).toEqual(after);
      expect(deleted!.object.status).toEqual({ ready: true });
      expect(deleted!.object.metadata.resourceVersion).toBe(deleted!.resourceVersion);
      expect(deleted!.resourceVersion).toBe(await store.head());
    });

    it('narrows to group, kind, namespace and name', async () => {
      const { store } = await opened(open);
      const from = await store.head();
      await create(store, widget('a'));
      await create(store, { ...widget('a'), kind: 'Gadget' });
      await create(store, widget('a', { namespace: 'other' }));
      await create(store, widget('b'));
      const query = { ...WIDGET, namespace: 'default', name: 'b', resourceVersion: from };
      const [event] = await watchUntil(store, query, (seen) => seen.length === 1);
      expect(event).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b', namespace: 'default' } } });
      const all = await watchUntil(store, { resourceVersion: from }, (seen) => seen.length === 4);
      expect(all).toHaveLength(4);
    });

    it('shows by labels what starts and what stops to match', async () => {
      const { store } = await opened(open);
      const from = await store.head();
      let object: KubeObject = await create(store, widget('a', { labels: { colour: 'blue' } }));
      for (const colour of ['red', 'red', 'blue', 'green', 'red']) {
        object = (await change(store, object, (copy) => {
          copy.metadata.labels = { colour };
          copy.spec = { size: Number(copy.metadata.resourceVersion) };
        }))!;
      }
      await store.commit({ writes: [{ op: 'delete', was: object }] });
      const events = await watchUntil(store, { ...WIDGET, labels: RED, resourceVersion: from }, (seen) => seen.length === 5);
      expect(events.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'ADDED', 'DELETED']);
    });

    it('sends bookmarks that move forward', async () => {
      const { store } = await opened(open);
      const from = await store.head();
      await create(store, { ...widget('a'), kind: 'Gadget' });
      const head = await store.head();
      const isThere = (seen: WatchEvent[]) => seen.at(-1)?.resourceVersion === head;
      const events = await watchUntil(store, { ...WIDGET, resourceVersion: from, bookmarkEveryMs: 20 }, isThere);
      expect(new Set(events.map((event) => event.type))).toEqual(new Set(['BOOKMARK']));
    });

    it('ends with its signal and with the store', async () => {
      const { store, close } = await opened(open);
      const stop = new AbortController();
      const first = collect(store, stop.signal);
      const second = collect(store, new AbortController().signal);
      stop.abort();
      expect(await first).toEqual([]);
      await close();
      expect(await second).toEqual([]);
    });

    it('says expired where the log does not reach back, for watches and for pages', async () => {
      const { store, forgetEvents } = await opened(open);
      await create(store, widget('a'));
      await create(store, widget('b'));
      const page = await store.list({ ...WIDGET, limit: 1 });
      await forgetEvents();
      const watch = watchUntil(store, { ...WIDGET, resourceVersion: page.resourceVersion }, () => true);
      await expect(watch).rejects.toMatchObject({ code: 'expired' });
      await expect(store.list({ ...WIDGET, limit: 1, continue: page.continue })).rejects.toMatchObject({ code: 'expired' });
      const from = await store.head();
      expect((await store.list(WIDGET)).resourceVersion).toBe(from);
      await create(store, widget('late'));
      await watchUntil(store, { ...WIDGET, resourceVersion: from }, (seen) => seen.length === 1);
    });

    it('rebuilds exactly the final state from a list while 16 writers commit at once', async () => {
      const { store } = await opened(open);
      await storm([store], store, 20);
    });

    it('rebuilds any history that is written, whole and by label', async () => {
      const { store } = await opened(open);
      const step = fc.record({ name: fc.constantFrom('a', 'b', 'c'), act: fc.constantFrom('red', 'blue', 'none', 'delete') });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const start = await store.list(WIDGET);
          for (const { name, act } of steps) await perform(store, name, act);
          const end = await store.list(WIDGET);
          for (const labels of [undefined, RED]) {
            const state = new Map(
              start.items.filter((one) => matches(labels ?? [], one.metadata.labels)).map((one) => [one.metadata.name, one]),
            );
            await replay(store, state, start.resourceVersion, end.resourceVersion, labels);
            expect(byName([...state.values()])).toEqual(
              byName(end.items.filter((one) => matches(labels ?? [], one.metadata.labels))),
            );
          }
        }),
        { numRuns: 15 },
      );
    });
  });
}

async function collect(store: Store, signal: AbortSignal): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of store.watch({ ...WIDGET, resourceVersion: await store.head(), signal })) events.push(event);
  return events;
}

async function replay(
  store: Store,
  state: Map<string, KubeObject>,
  from: string,
  to: string,
  labels?: Requirement[],
): Promise<void> {
  if (from === to) return;
  const query = { ...WIDGET, resourceVersion: from, bookmarkEveryMs: 5, ...(labels ? { labels } : {}) };
  const events = await watchUntil(store, query, (seen) => Number(seen.at(-1)!.resourceVersion) >= Number(to));
  for (const event of events) applyEvent(state, event);
}
