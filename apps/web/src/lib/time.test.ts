import { describe, expect, test } from 'vitest';
import { age, clock, span } from './time.ts';

const now = new Date(2026, 10, 22, 14, 31, 8).getTime();
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

describe('age, as kubectl prints it', () => {
  test.each([
    [45, '45s'],
    [119, '119s'],
    [150, '2m30s'],
    [1320, '22m'],
    [4 * 3600, '4h'],
    [4 * 3600 + 600, '4h10m'],
    [81 * 3600, '3d9h'],
    [41 * 86_400, '41d'],
  ])('%i s → %s', (seconds, text) => expect(age(ago(seconds), now)).toBe(text));
  test('of what never was', () => expect(age(undefined, now)).toBe('–'));
});

describe('span in a sentence', () => {
  test.each([
    [38_000, '38 s'],
    [1_320_000, '22 m'],
    [7_500_000, '2 h 5 m'],
    [291_600_000, '3 d 9 h'],
  ])('%i ms → %s', (ms, text) => expect(span(ms)).toBe(text));
  test('exact', () => expect(span(635_000, true)).toBe('10 m 35 s'));
});

test('clock: today, this year, before', () => {
  expect(clock(new Date(2026, 10, 22, 14, 9, 41).toISOString(), now)).toBe('14:09:41');
  expect(clock(new Date(2026, 9, 2, 5, 12).toISOString(), now)).toBe('2 Oct 05:12');
  expect(clock(new Date(2025, 10, 22, 14, 9).toISOString(), now)).toBe('2025-11-22 14:09');
  expect(clock('no time', now)).toBe('–');
});
