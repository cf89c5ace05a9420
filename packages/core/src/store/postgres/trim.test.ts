import { expect, it, onTestFinished } from 'vitest';
import { create, widget } from '../conformance/support.ts';
import { refKey, refOf } from '../object.ts';
import { openDatabase } from './database.ts';
import { openTestStore } from './test-database.ts';

it('drops what was seen of objects and MAC addresses whose host is gone, a day after it was last seen', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  const here = await create(store, widget('here'));
  const key = refKey(refOf(here));
  const gone = refKey({ ...refOf(here), name: 'gone' });
  const old = '2026-01-01T00:00:00.000Z';
  const now = (await store.now()).toISOString();
  const seen = (subject: string, seenAt: string, data = {}) => ({ subject, source: 'power', data, seenAt });
  await store.observe([
    seen(key, old),
    seen(gone, old),
    seen(`${gone}2`, now),
    seen('mac/00:00:00:00:00:01', old, { uid: here.metadata.uid }),
    seen('mac/00:00:00:00:00:02', old, { uid: 'nobody' }),
  ]);
  const database = openDatabase(url, 1);
  onTestFinished(() => database.close());
  await database.rows('trim-observations');
  const left = (await store.observationsOf('power', 10)).map(({ subject }) => subject).sort();
  expect(left).toEqual([key, `${gone}2`, 'mac/00:00:00:00:00:01'].sort());
});
