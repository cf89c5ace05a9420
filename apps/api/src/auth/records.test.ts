import { createTestDatabase, dropTestDatabase, query } from '@slipway/core/store/postgres/test-database.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryAuthRecords } from './memory.ts';
import type { AuthRecords, UserRecord } from './records.ts';
import { createSqlAuthRecords } from './sql.ts';

const user: UserRecord = { id: 'u1', name: 'admin', role: 'admin', passwordHash: 'scrypt$…', disabled: false };
const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 14, minute));

let url = '';
beforeAll(async () => {
  url = await createTestDatabase();
});
afterAll(() => dropTestDatabase(url));

const makers: [string, () => AuthRecords][] = [
  ['memory', createMemoryAuthRecords],
  ['Postgres', () => createSqlAuthRecords(async (text, values) => ({ rows: await query(url, text, values) }))],
];

describe.each(makers)('records in %s', (_name, make) => {
  let records: AuthRecords;
  beforeAll(() => {
    records = make();
  });

  test('a name is taken once', async () => {
    expect(await records.countUsers()).toBe(0);
    expect(await records.createUser(user)).toBe(true);
    expect(await records.createUser({ ...user, id: 'u2' })).toBe(false);
    expect(await records.countUsers()).toBe(1);
    expect(await records.userByName('admin')).toEqual(user);
    expect(await records.userByName('nobody')).toBeNull();
  });

  test('a session is found with its person, touched, dropped', async () => {
    const session = { tokenHash: 'a', userId: 'u1', createdAt: at(0), lastSeenAt: at(0) };
    await records.createSession(session);
    expect(await records.session('a')).toEqual({ session, user });
    await records.touchSession('a', at(5));
    expect((await records.session('a'))?.session.lastSeenAt).toEqual(at(5));
    await records.dropSession('a');
    expect(await records.session('a')).toBeNull();
  });

  test('what has expired goes', async () => {
    await records.createSession({ tokenHash: 'idle', userId: 'u1', createdAt: at(20), lastSeenAt: at(20) });
    await records.createSession({ tokenHash: 'old', userId: 'u1', createdAt: at(1), lastSeenAt: at(40) });
    await records.createSession({ tokenHash: 'good', userId: 'u1', createdAt: at(30), lastSeenAt: at(40) });
    expect(await records.dropExpired({ idle: at(30), absolute: at(10), failures: at(0) })).toBe(2);
    expect(await records.session('good')).not.toBeNull();
  });

  test('failures are counted, forgotten and cleared', async () => {
    expect(await records.countFailure('k', at(0), at(-15))).toBe(1);
    expect(await records.countFailure('k', at(1), at(-14))).toBe(2);
    expect(await records.failures('k')).toEqual({ failures: 2, lastAt: at(1) });
    expect(await records.countFailure('k', at(30), at(15))).toBe(1);
    await records.clearFailures('k');
    expect(await records.failures('k')).toBeNull();
  });
});
