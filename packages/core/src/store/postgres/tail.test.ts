import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../errors.ts';
import { createCipher } from '../cipher.ts';
import type { WatchEvent } from '../store.ts';
import { watchLog } from '../watching.ts';
import type { Database } from './database.ts';
import { createRows, type EventRow } from './rows.ts';
import { createTail } from './tail.ts';

const ROWS = createRows(createCipher(Buffer.alloc(32)), () => []);

const row = (version: number): EventRow => ({
  type: 'ADDED',
  uid: `u${version}`,
  api_version: 'g/v1',
  kind: 'X',
  version: String(version),
  generation: '1',
  meta: { name: `n${version}` } as EventRow['meta'],
  spec: {},
  status: null,
  rest: null,
  labels_before: null,
});

/** A log in place of a database, which can be away and can forget. */
function fakeLog() {
  const log = { head: 1, floor: 1, away: false };
  const answers: Record<string, (values: unknown[]) => unknown[]> = {
    head: () => [{ head: String(log.head) }],
    floor: () => [{ floor: String(log.floor) }],
    events: ([after]) => {
      const first = Math.max(Number(after), log.floor) + 1;
      const rows = Array.from({ length: Math.max(0, log.head - first + 1) }, (_, i) => row(first + i)).slice(0, 500);
      return rows.length ? rows.map((one) => ({ ...one, head: String(log.head) })) : [{ head: String(log.head), version: null }];
    },
  };
  const database = {
    async rows(name: string, values: unknown[] = []) {
      if (log.away) throw new AppError('unavailable', 'away');
      return answers[name]!(values);
    },
  } as unknown as Database;
  return { log, database };
}

function watching(from: number) {
  const { log, database } = fakeLog();
  log.head = Math.max(from, 1);
  const tail = createTail(database, ROWS);
  onTestFinished(() => tail.close());
  const seen: number[] = [];
  const start = (resourceVersion: string) => {
    tail.enter();
    const events: AsyncIterable<WatchEvent> = watchLog(tail, { resourceVersion, signal: AbortSignal.timeout(20_000) });
    return (async () => {
      for await (const event of events) seen.push(Number(event.resourceVersion));
    })();
  };
  const until = async (condition: () => boolean) => {
    const end = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not reached; seen ${seen.length} up to ${seen.at(-1)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { log, tail, seen, start, until };
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

it('gives every change once and in order, to one who is far behind too', async () => {
  const { log, seen, start, until, tail } = watching(1_700);
  void start('100');
  await until(() => seen.length === 1_600);
  log.head = 1_705;
  tail.poke();
  await until(() => seen.length === 1_605);
  expect(seen).toEqual(range(101, 1_705));
});

it('goes on where it was when the database comes back', async () => {
  const { log, seen, start, until } = watching(10);
  void start('5');
  await until(() => seen.length === 5);
  log.away = true;
  log.head = 20;
  await new Promise((resolve) => setTimeout(resolve, 150));
  log.away = false;
  await until(() => seen.length === 15);
  expect(seen).toEqual(range(6, 20));
});

it('after a sleep longer than changes are kept, says expired and serves new watchers', async () => {
  const { log, seen, start, until, tail } = watching(10);
  const old = start('10');
  await new Promise((resolve) => setTimeout(resolve, 50));
  Object.assign(log, { floor: 5_000, head: 5_010 });
  tail.poke();
  await expect(old).rejects.toMatchObject({ code: 'expired' });
  expect(seen).toEqual([]);
  void start('5005');
  await until(() => seen.length === 5);
  log.head = 5_020;
  tail.poke();
  await until(() => seen.length === 15);
  expect(seen).toEqual(range(5_006, 5_020));
});
