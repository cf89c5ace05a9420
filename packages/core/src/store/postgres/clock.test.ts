import { expect, it } from 'vitest';
import { createDatabaseClock } from './clock.ts';

it('asks the database once in a while and goes on by itself in between', async () => {
  let local = 5000;
  let database = 1_000_000;
  let asked = 0;
  const pass = (ms: number) => {
    local += ms;
    database += ms;
  };
  const clock = createDatabaseClock(
    async () => {
      asked++;
      return new Date(database);
    },
    () => local,
  );
  expect((await clock()).getTime()).toBe(1_000_000);
  pass(1500);
  expect((await clock()).getTime()).toBe(1_001_500);
  expect(asked).toBe(1);
  pass(1000);
  database += 250;
  expect((await clock()).getTime()).toBe(1_002_750);
  expect(asked).toBe(2);
});

it('reads once for all who ask at the same time, and fails them all when the database is away', async () => {
  let asked = 0;
  const clock = createDatabaseClock(
    async () => {
      asked++;
      throw new Error('away');
    },
    () => 0,
  );
  const answers = await Promise.allSettled([clock(), clock()]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toBe(1);
});
