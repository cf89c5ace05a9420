import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readRequest, sessionCookie } from './cookie.ts';

const request = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

describe('readRequest', () => {
  test('believes forwarding headers from our own web process alone', () => {
    const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };
    expect(readRequest(request(headers))).toMatchObject({ address: '192.0.2.7', secure: true });
    expect(readRequest(request(headers, '198.51.100.9'))).toMatchObject({ address: '198.51.100.9', secure: false });
  });

  test('reads the session cookie under both of its names', () => {
    expect(readRequest(request({ cookie: 'a=1; slipway=abc' })).token).toBe('abc');
    expect(readRequest(request({ cookie: '__Host-slipway=def; slipway=abc' })).token).toBe('def');
    expect(readRequest(request({ cookie: 'slipwayx=abc' })).token).toBeNull();
  });

  test.each([
    [{}, false],
    [{ origin: 'http://localhost:3000' }, false],
    [{ origin: 'http://localhost:3001' }, true],
    [{ origin: 'null' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, true],
  ])('%j from another site: %s', (headers, foreign) => {
    expect(readRequest(request({ host: 'localhost:3000', ...headers })).foreign).toBe(foreign);
  });
});

test('the cookie is out of reach for scripts, and secure where it can be', () => {
  expect(sessionCookie('abc', true)).toMatch(/^__Host-slipway=abc; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/);
  expect(sessionCookie(null, false)).toContain('Max-Age=0');
});
