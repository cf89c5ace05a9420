/** What is not an object: operations and observations; and fields that are kept secret. */
import { describe, expect, it } from 'vitest';
import type { Observation, Operation } from '../store.ts';
import { change, create, eventually, type OpenStore, opened, WIDGET, watchUntil, widget, widgetRef } from './support.ts';

const operation = (id: string, state: Operation['state'], more: Partial<Operation> = {}): Operation => ({
  id,
  subject: widgetRef('a'),
  subjectUid: 'uid-a',
  kind: 'bmc.power',
  args: { on: true },
  state,
  attempts: 0,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});

const seen = (subject: string, source: string, data: Observation['data'], second = 0): Observation => ({
  subject,
  source,
  data,
  seenAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second, 250)).toISOString(),
});

/** Declares the tests of operations, observations and secret fields. */
export function recordSuite(open: OpenStore): void {
  describe('records', () => {
    it('writes operations down and guards the state they were in', async () => {
      const { store } = await opened(open);
      await store.commit({ operations: [{ from: 'absent', operation: operation('o/1', 'intended') }] });
      const twice = store.commit({ operations: [{ from: 'absent', operation: operation('o/1', 'intended') }] });
      await expect(twice).rejects.toMatchObject({ code: 'conflict' });
      const finished = operation('o/1', 'succeeded', { result: { powerOn: true }, attempts: 1 });
      const wrong = store.commit({
        operations: [{ from: 'running', operation: finished }],
        writes: [{ op: 'create', object: widget('a') }],
      });
      await expect(wrong).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.get(widgetRef('a'))).toBeNull();
      await store.commit({ operations: [{ from: 'intended', operation: finished }] });
      await store.commit({ operations: [{ from: 'absent', operation: operation('o/2', 'intended') }] });
      expect(await store.operations('uid-a')).toEqual([operation('o/2', 'intended'), finished]);
      expect(await store.operations('uid-b')).toEqual([]);
    });

    it('keeps the last word of each collector on each subject', async () => {
      const { store } = await opened(open);
      await store.observe([seen('s1', 'power', { on: true }), seen('s2', 'power', null), seen('s1', 'agent', 'text')]);
      await store.observe([seen('s1', 'power', { on: false }, 1)], [{ reconciler: 'r', namespace: '', name: 'woken' }]);
      expect(await store.observations('s1')).toEqual([seen('s1', 'agent', 'text'), seen('s1', 'power', { on: false }, 1)]);
      expect(await store.observationsOf('power', 10)).toEqual([seen('s1', 'power', { on: false }, 1), seen('s2', 'power', null)]);
      expect(await store.observationsOf('power', 1)).toHaveLength(1);
      expect(await store.queue.claim(10)).toMatchObject([{ name: 'woken' }]);
      await store.forget('s1');
      expect(await store.observations('s1')).toEqual([]);
    });

    it('streams what is seen from now on, in order', async () => {
      const { store } = await opened(open);
      await store.observe([seen('old', 'power', 'old')]);
      const stop = new AbortController();
      const got: unknown[] = [];
      const reader = (async () => {
        for await (const { data } of store.watchObservations(stop.signal)) got.push(data);
      })();
      // The stream may begin a moment after the call; what comes after its first word it does not lose.
      await eventually(async () => {
        await store.observe([seen('first', 'power', 'first')]);
        return got.length > 0;
      });
      for (let i = 0; i < 5; i++) await store.observe([seen(`s${i}`, 'power', i)]);
      await eventually(async () => got.includes(4));
      stop.abort();
      await reader;
      expect(got.filter((data) => typeof data === 'number')).toEqual([0, 1, 2, 3, 4]);
      expect(got).not.toContain('old');
    });

    it('gives back secret fields as they were, in reads, lists and watches', async () => {
      const { store } = await opened(open, { secretFields: ({ kind }) => (kind === 'Widget' ? ['data'] : []) });
      const from = await store.head();
      const applied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"hidden"}}' };
      const made = await create(store, { ...widget('a', { annotations: applied }), data: { password: 'hidden' } } as never);
      expect(made).toMatchObject({ data: { password: 'hidden' } });
      expect(await store.get(widgetRef('a'))).toEqual(made);
      expect((await store.list(WIDGET)).items).toEqual([made]);
      const after = await change(store, made, (copy) => {
        copy.metadata.labels = { x: '1' };
      });
      expect(await store.get(widgetRef('a'))).toEqual(after);
      expect(after).toMatchObject({ data: { password: 'hidden' }, metadata: { annotations: applied } });
      const events = await watchUntil(store, { ...WIDGET, resourceVersion: from }, (list) => list.length === 2);
      expect(events).toMatchObject([{ object: made }, { object: after }]);
    });
  });
}
