import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';
import { createTestDatabase, dropTestDatabase } from './test-database.ts';
import { openTestProxy } from './test-proxy.ts';

it('a database that is connected but silent fails as unavailable, and what comes later gets a fresh connection', async () => {
  const url = await createTestDatabase();
  onTestFinished(() => dropTestDatabase(url));
  const way = await openTestProxy(url);
  onTestFinished(() => way.close());
  const database = openDatabase(way.url, 1, 300);
  onTestFinished(() => database.close());
  expect((await database.query('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
  way.swallow('everything');
  await expect(database.query('select 2 as two', [])).rejects.toMatchObject({ code: 'unavailable' });
  way.swallow('nothing');
  expect((await database.query('select 3 as three', [])).rows).toEqual([{ three: 3 }]);
});
