import { expect, test } from 'vitest';
import { percent, ticks, windowOf } from './scale.ts';

const t0 = Date.parse('2026-11-22T14:00:30Z');

test('ticks are round and few', () => {
  const window = windowOf([t0, t0 + 20 * 60_000]);
  const made = ticks(window, 7).map((ms) => new Date(ms).toISOString().slice(11, 16));
  expect(made).toEqual(['14:05', '14:10', '14:15', '14:20']);
});

test('a moment falls where it should, and never outside', () => {
  const window = { from: 0, to: 200 };
  expect(percent(window, 50)).toBe(25);
  expect(percent(window, 900)).toBe(100);
});

test('what goes on now is not squeezed by what was long ago', () => {
  const now = t0 + 600_000;
  expect(windowOf([t0, now], now - 20_000).from).toBe(now - 100_000);
  expect(windowOf([t0, now], t0).from).toBe(t0);
});

test('a window is never empty, and never longer than six hours', () => {
  expect(windowOf([t0]).to - t0).toBeGreaterThan(5000);
  expect(windowOf([t0, t0 + 30 * 86_400_000]).from).toBe(t0 + 30 * 86_400_000 - 6 * 3_600_000);
});
