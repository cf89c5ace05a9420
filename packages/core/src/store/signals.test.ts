import { expect, it } from 'vitest';
import { createBell } from './signals.ts';

it('wakes all who wait, at a ring, on abort, and when the time is up', async () => {
  const bell = createBell();
  const stop = new AbortController();
  const waits = [bell.wait(60_000), bell.wait(60_000)];
  const aborted = bell.wait(60_000, stop.signal);
  const short = bell.wait(1);
  expect(bell.waiting()).toBe(4);
  stop.abort();
  await aborted;
  await short;
  expect(bell.waiting()).toBe(2);
  bell.ring();
  await Promise.all(waits);
  expect(bell.waiting()).toBe(0);
});

it('does not wait for nothing', async () => {
  const bell = createBell();
  await bell.wait(0);
  await bell.wait(60_000, AbortSignal.abort());
});
