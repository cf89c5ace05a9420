import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createCipher } from '../cipher.ts';
import { storm } from '../conformance/storm.ts';
import { create, widget } from '../conformance/support.ts';
import type { Store } from '../store.ts';
import { openPostgresStore } from './store.ts';
import { openTestStore, query, TEST_MASTER_KEY } from './test-database.ts';

/** Further stores on the same database, each with a batcher, a pool and a session of its own, as other processes have. */
async function others(url: string, count: number): Promise<Store[]> {
  const cipher = createCipher(TEST_MASTER_KEY);
  const open = () =>
    openPostgresStore({ url, cipher, poolSize: 3, wakesOf: () => [], secretFields: () => [], newUid: () => randomUUID() });
  const stores = await Promise.all(Array.from({ length: count }, open));
  onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
  return stores;
}

it('keeps the order of versions the order of commits, with many processes writing at once', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  await storm(await others(url, 8), store, 25);
});

it('writes on while the log is read for long, and drops partitions later', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  await create(store, widget('a'));
  await query(url, `select setval('event_version', 120000)`);
  await create(store, widget('b'));
  const backup = new pg.Client({ connectionString: url });
  await backup.connect();
  try {
    await backup.query('begin');
    await backup.query('select count(*) from events');
    const cleaning = query(url, `select slipway_partitions('0 seconds', 1)`);
    await create(store, widget('c'));
    await cleaning;
    expect(await query(url, `select to_regclass('events_0') is null as gone`)).toEqual([{ gone: false }]);
    await backup.query('commit');
  } finally {
    await backup.end();
  }
  await query(url, `select slipway_partitions('0 seconds', 1)`);
  expect(
    await query(url, `select to_regclass('events_0') is null as gone, to_regclass('events_200000') is null as ahead`),
  ).toEqual([{ gone: true, ahead: false }]);
  await create(store, widget('d'));
});
