import { describe, expect, it } from 'vitest';
import { Event } from '../kinds/event/kind.ts';
import { Namespace } from '../kinds/namespace/kind.ts';
import type { KubeObject } from '../store/object.ts';
import { age, humanDuration, tableOf } from './table.ts';
import { Widget } from './testing/widget.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe('humanDuration', () => {
  // The table of apimachinery's own test of duration.HumanDuration.
  it.each([
    [-2 * S, '<invalid>'],
    [-1.5 * S, '0s'],
    [0, '0s'],
    [S, '1s'],
    [70 * S, '70s'],
    [119 * S, '119s'],
    [120 * S, '2m'],
    [190 * S, '3m10s'],
    [9 * M + 59 * S, '9m59s'],
    [10 * M + 20 * S, '10m'],
    [70 * M, '70m'],
    [179 * M, '179m'],
    [3 * H, '3h'],
    [3 * H + 25 * M, '3h25m'],
    [7 * H + 59 * M, '7h59m'],
    [47 * H, '47h'],
    [49 * H, '2d1h'],
    [7 * D + 23 * H, '7d23h'],
    [9 * D + 5 * H, '9d'],
    [729 * D, '729d'],
    [2 * 365 * D, '2y'],
    [3 * 365 * D + 4 * D, '3y4d'],
    [9 * 365 * D, '9y'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  });

  it('is unknown without a time', () => {
    expect(age(undefined, new Date())).toBe('<unknown>');
    expect(age('nonsense', new Date())).toBe('<unknown>');
  });
});

describe('tableOf', () => {
  const now = new Date('2026-01-01T01:00:00Z');
  const metadata = {
    name: 'one',
    namespace: 'lab',
    uid: 'u',
    resourceVersion: '7',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  const widget = {
    apiVersion: 'test.slipway.dev/v1beta2',
    kind: 'Widget',
    metadata,
    spec: { replicas: 3, tags: ['a'] },
  } as KubeObject;

  it('is as recorded', async () => {
    const table = tableOf(Widget, 'v1beta2', [widget], { now, metadata: { resourceVersion: '9' } });
    await expect(JSON.stringify(table, null, 2)).toMatchFileSnapshot('testing/golden/widget-table.golden');
    expect(table.rows[0]!.cells).toEqual(['one', 3, null, 'a', '60m']);
  });

  it('has no NAME where the kind prints none, and carries what is asked for', () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: { kind: 'BareMetalHost', name: 'h' },
      reason: 'R',
      message: ' text\n',
    };
    const table = tableOf(Event, 'v1', [event as unknown as KubeObject], { now, include: 'None' });
    expect(table.columnDefinitions[0]!.name).toBe('Last Seen');
    expect(table.rows[0]!.cells.slice(0, 4)).toEqual(['60m', null, 'R', 'baremetalhost/h']);
    expect(table.rows[0]).not.toHaveProperty('object');
    const going = { ...widget, kind: 'Namespace', metadata: { ...metadata, deletionTimestamp: 'x' } } as KubeObject;
    const namespaces = tableOf(Namespace, 'v1', [going], { now, include: 'Object' });
    expect(namespaces.rows[0]).toMatchObject({ cells: ['one', 'Terminating', '60m'], object: going });
  });
});
