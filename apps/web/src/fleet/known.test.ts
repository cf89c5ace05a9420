import { expect, test } from 'vitest';
import { knownOf } from './known.ts';

test('what was never read is unknown, as is what was read long ago', () => {
  const now = Date.parse('2026-11-22T14:00:00Z');
  const readings = [
    { at: '2026-11-22T13:59:50Z', count: 4 },
    { at: '2026-11-22T13:57:00Z', count: 2 },
    { at: '2026-11-22T13:40:00Z', count: 1 },
    { at: null, count: 1 },
  ];
  expect(knownOf(readings, now)).toEqual({ fresh: 4, stale: 2, unknown: 2 });
});
