import { isCode } from '@slipway/core/errors.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Auth, createAuth, ensureFirstUser, SESSION_LIMITS } from './auth.ts';
import { createMemoryAuthRecords } from './memory.ts';
import type { AuthRecords } from './records.ts';

let records: AuthRecords;
let auth: Auth;
let time: number;
let password: string;

beforeEach(async () => {
  time = Date.parse('2026-11-22T14:00:00Z');
  records = createMemoryAuthRecords();
  auth = createAuth(records, () => new Date(time));
  password = (await ensureFirstUser(records))?.password ?? '';
});

const attempt = (name: string, given: string, address = '192.0.2.7') =>
  auth.login({ name, password: given, address }).then(
    () => 'in',
    (error: unknown) => (isCode(error, 'tooManyRequests') ? 'throttled' : error instanceof Error ? error.message : 'odd'),
  );

describe('first user', () => {
  test('is made once, with a password that is told once', async () => {
    expect(password).toMatch(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    expect(await ensureFirstUser(records)).toBeNull();
  });

  test('logs in, and is known by the cookie until logout', async () => {
    const { token, person } = await auth.login({ name: ' Admin ', password, address: '192.0.2.7' });
    expect(person).toMatchObject({ name: 'admin', role: 'admin' });
    expect(await auth.person(token)).toEqual(person);
    await auth.logout(token);
    expect(await auth.person(token)).toBeNull();
  });
});

describe('refusals', () => {
  test('a wrong name and a wrong password read the same', async () => {
    expect(await attempt('admin', 'wrong')).toBe(await attempt('nobody', 'wrong'));
  });

  test('after five failures the pair waits, longer each time, and others do not', async () => {
    for (let n = 0; n < 5; n++) expect(await attempt('admin', 'wrong')).not.toBe('throttled');
    expect(await attempt('admin', password)).toBe('throttled');
    expect(await attempt('admin', password, '192.0.2.8')).toBe('in');
    time += 1100;
    expect(await attempt('admin', 'wrong')).not.toBe('throttled');
    time += 1100;
    expect(await attempt('admin', password)).toBe('throttled');
    time += 1000;
    expect(await attempt('admin', password)).toBe('in');
  });
});

describe('sessions', () => {
  test('end after 12 h without use', async () => {
    const { token } = await auth.login({ name: 'admin', password, address: '::1' });
    time += SESSION_LIMITS.idleMs - 1000;
    expect(await auth.person(token)).not.toBeNull();
    time += SESSION_LIMITS.idleMs + 1000;
    expect(await auth.person(token)).toBeNull();
  });

  test('end after 7 days in any case', async () => {
    const { token } = await auth.login({ name: 'admin', password, address: '::1' });
    for (let hours = 0; hours < 7 * 24; hours += 6) {
      expect(await auth.person(token)).not.toBeNull();
      time += 6 * 3_600_000;
    }
    time += 1000;
    expect(await auth.person(token)).toBeNull();
  });

  test('keep no cookie value', async () => {
    const { token } = await auth.login({ name: 'admin', password, address: '::1' });
    expect(await records.session(token)).toBeNull();
  });
});
