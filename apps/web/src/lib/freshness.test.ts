import { expect, test } from 'vitest';
import { BEATS, freshness } from './freshness.ts';

const now = Date.parse('2026-11-22T14:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

test.each([
  [undefined, 'unknown'],
  ['never', 'unknown'],
  [ago(5), 'fresh'],
  [ago(120), 'fresh'],
  [ago(121), 'stale'],
  [ago(600), 'stale'],
  [ago(601), 'unknown'],
] as const)('power read %s is %s', (seenAt, state) => expect(freshness(seenAt, BEATS.power, now)).toBe(state));
