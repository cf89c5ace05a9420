import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Claim, Queue, Store } from '../store/store.ts';
import { startWorker } from './worker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const claimOf = (name: string): Claim => ({ reconciler: 'r', namespace: '', name, gen: 1, failures: 0 });

/** A worker on a queue that hands out what the test says, and notes what the worker says it is at work on. */
function worker(claims: (() => Promise<Claim[]>)[], handler: (claim: Claim) => Promise<unknown>) {
  const reclaims: string[][] = [];
  const queue: Partial<Queue> = {
    claim: () => claims.shift()?.() ?? Promise.resolve([]),
    release: async () => {
      throw new Error('the database is away');
    },
    wake: async () => undefined,
    reclaim: async (atWork = []) => reclaims.push(atWork.map(({ name }) => name)),
    idle: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
  const store = { queue, now: async () => new Date() } as unknown as Store;
  const sweep = { everySeconds: 600, wakes: [] };
  return { reclaims, ...startWorker({ store, handlers: { r: handler }, concurrency: 4, log: () => undefined, sweep }) };
}

it('says which claims it is at work on: a living one is never freed, one that could not be given back is', async () => {
  const { reclaims, stop } = worker([async () => [claimOf('lives'), claimOf('fails')]], ({ name }) =>
    name === 'fails' ? Promise.reject(new Error('the database is away')) : new Promise(() => undefined),
  );
  await vi.advanceTimersByTimeAsync(2500);
  expect(reclaims).toEqual([['lives'], ['lives']]);
  await Promise.all([stop(10), vi.advanceTimersByTimeAsync(10)]);
});

it('looks for strays only while no claim is on its way to it', async () => {
  let answer: (claims: Claim[]) => void = () => undefined;
  const { reclaims, stop } = worker([() => new Promise((resolve) => (answer = resolve))], () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(5000);
  expect(reclaims).toEqual([]);
  answer([claimOf('late')]);
  await vi.advanceTimersByTimeAsync(0);
  expect(reclaims).toEqual([['late']]);
  await Promise.all([stop(10), vi.advanceTimersByTimeAsync(10)]);
});
