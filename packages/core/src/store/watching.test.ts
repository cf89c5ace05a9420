import { expect, it } from 'vitest';
import type { KubeObject } from './object.ts';
import { eventFor, type LogEntry, watchLog } from './watching.ts';

const object = (labels?: Record<string, string>): KubeObject => ({
  apiVersion: 'g/v1',
  kind: 'X',
  metadata: {
    name: 'a',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '5',
    generation: 1,
    creationTimestamp: '',
    ...(labels ? { labels } : {}),
  },
  spec: {},
});
const red = { c: 'red' };
const query = (more: object = {}) => ({ resourceVersion: '1', signal: AbortSignal.timeout(1_000), ...more });
const byRed = query({ labels: [{ key: 'c', op: 'in', values: ['red'] }] });

it.each([
  ['ADDED', undefined, red, 'ADDED'],
  ['ADDED', undefined, undefined, undefined],
  ['MODIFIED', red, red, 'MODIFIED'],
  ['MODIFIED', undefined, red, 'ADDED'],
  ['MODIFIED', red, undefined, 'DELETED'],
  ['MODIFIED', undefined, undefined, undefined],
  ['DELETED', red, red, 'DELETED'],
  ['DELETED', undefined, undefined, undefined],
  // Removed by the very update that changed its labels: it counts what was last seen.
  ['DELETED', red, undefined, 'DELETED'],
] as const)('by label %s with %j before and %j after is %s', (type, labelsBefore, labels, shown) => {
  const entry: LogEntry = { version: 5, type, object: object(labels), labelsBefore };
  expect(eventFor(entry, byRed)?.type).toBe(shown);
});

it.each([
  [{ kind: 'X', group: 'g' }, true],
  [{ kind: 'Y' }, false],
  [{ group: 'h' }, false],
  [{ namespace: 'n', name: 'a' }, true],
  [{ namespace: '' }, false],
  [{ name: 'b' }, false],
])('by %j shows: %s', (more, shown) => {
  const entry: LogEntry = { version: 5, type: 'ADDED', object: object(), labelsBefore: undefined };
  expect(eventFor(entry, query(more)) !== null).toBe(shown);
});

it('refuses a version that is none', async () => {
  const log = { read: () => ({ entries: [], upTo: 0 }), wait: async () => undefined, closed: () => false };
  const watch = watchLog(log, query({ resourceVersion: 'newest' }))
    [Symbol.asyncIterator]()
    .next();
  await expect(watch).rejects.toMatchObject({ code: 'badRequest' });
});
