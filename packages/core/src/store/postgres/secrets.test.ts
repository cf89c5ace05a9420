import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { createCipher } from '../cipher.ts';
import { change, create, widget, widgetRef } from '../conformance/support.ts';
import { openPostgresStore } from './store.ts';
import { openTestStore, query, TEST_MASTER_KEY } from './test-database.ts';

const SECRET = 'the-plain-text-9f3a';
const WIDGET_SECRETS = { secretFields: () => ['data', 'spec'] };
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const everything = (url: string) =>
  query<{ text: string }>(url, 'select o::text as text from objects o union all select e::text from events e');

it('keeps no plain text in rows or events, not even what kubectl keeps in an annotation', async () => {
  const { store, url, close } = await openTestStore(WIDGET_SECRETS);
  onTestFinished(close);
  const annotations = { [LAST_APPLIED]: `{"data":"${SECRET}"}` };
  const made = await create(store, { ...widget('a', { annotations }, { hidden: SECRET }), data: { password: SECRET } } as never);
  const after = await change(store, made, (copy) => {
    copy.spec = { hidden: `${SECRET}-2` };
    copy.status = { seen: true };
  });
  await store.commit({ writes: [{ op: 'delete', was: after! }] });
  await create(store, { ...widget('a', { annotations }, { hidden: SECRET }), data: { password: SECRET } } as never);
  const rows = await everything(url);
  expect(rows).toHaveLength(5);
  for (const { text } of rows) {
    expect(text).toContain('$sealed');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 16));
  }
});

it('binds a sealed value to its object: copied into another row it does not open', async () => {
  const { store, url, close } = await openTestStore(WIDGET_SECRETS);
  onTestFinished(close);
  await create(store, { ...widget('a'), data: { password: SECRET } } as never);
  await create(store, { ...widget('b'), data: { password: 'other' } } as never);
  await query(url, `update objects set rest = (select rest from objects where name = 'a') where name = 'b'`);
  await expect(store.get(widgetRef('b'))).rejects.toThrow('altered or moved');
});

it('refuses a wrong master key, and says which is right', async () => {
  const { url, close } = await openTestStore();
  onTestFinished(close);
  const wrong = createCipher(Buffer.alloc(32, 8));
  const open = openPostgresStore({ url, cipher: wrong, wakesOf: () => [], secretFields: () => [], newUid: () => randomUUID() });
  const right = createCipher(TEST_MASTER_KEY).keyId;
  await expect(open).rejects.toThrow(
    `This database was made with master key ${right}, but this process was given ${wrong.keyId}.`,
  );
});

it('refuses a database without a schema', async () => {
  const { url, close } = await openTestStore();
  onTestFinished(close);
  await query(url, 'drop table settings');
  const open = openPostgresStore({
    url,
    cipher: createCipher(TEST_MASTER_KEY),
    wakesOf: () => [],
    secretFields: () => [],
    newUid: () => randomUUID(),
  });
  await expect(open).rejects.toThrow('Run npm run db:migrate');
});
