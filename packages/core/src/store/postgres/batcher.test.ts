import { expect, it, onTestFinished } from 'vitest';
import { create, widget, widgetRef } from '../conformance/support.ts';
import { openTestStore, query } from './test-database.ts';

it('lets one commit that the database refuses fail alone', async () => {
  const { store, close } = await openTestStore();
  onTestFinished(close);
  // U+0000 is JSON, but no text that Postgres can store: only the database finds out.
  const specs = Array.from({ length: 10 }, (_, i) => ({ text: i === 4 ? 'a\u0000b' : 'fine' }));
  const results = await Promise.allSettled(specs.map((spec, i) => create(store, widget(`w${i}`, {}, spec))));
  expect(results.map((result) => result.status)).toEqual(specs.map((_, i) => (i === 4 ? 'rejected' : 'fulfilled')));
  expect((results[4] as PromiseRejectedResult).reason).toMatchObject({ code: 'badRequest' });
  expect(await store.get(widgetRef('w4'))).toBeNull();
});

it('puts what waits into one transaction', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  await Promise.all(Array.from({ length: 41 }, (_, i) => create(store, widget(`w${i}`))));
  const rows = await query<{ n: string }>(url, 'select count(distinct xmin::text) as n from events');
  // The first goes alone, the 40 that came meanwhile together.
  expect(Number(rows[0]!.n)).toBe(2);
});

it('answers what waits when the store is closed', async () => {
  const { store, close } = await openTestStore();
  await close();
  await expect(create(store, widget('late'))).rejects.toMatchObject({ code: 'unavailable' });
});
