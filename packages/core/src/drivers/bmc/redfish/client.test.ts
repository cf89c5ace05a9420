/** Services that behave badly, as small HTTP servers. What well-behaved ones do is in ../conformance.ts. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BmcAuthFailed, BmcBusy, BmcProtocolError, BmcUnreachable } from '../errors.ts';
import { redfishClient } from './client.ts';
import { RedfishRefused } from './resource.ts';
import { closeBmcSessions } from './sessions.ts';

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };
type Seen = { method: string; path: string; headers: http.IncomingHttpHeaders };

const closing: (() => void)[] = [];
afterEach(async () => {
  await closeBmcSessions(1);
  for (const close of closing.splice(0)) close();
});

/** A service that answers each request by `reply`; logins succeed unless it says otherwise. */
async function service(reply: (request: Seen) => Answer | undefined) {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const asked = { method: request.method!, path: request.url!, headers: request.headers };
    seen.push(asked);
    request.resume();
    const login: Answer = {
      status: 201,
      headers: { 'x-auth-token': 'token', location: '/redfish/v1/SessionService/Sessions/1' },
      body: {},
    };
    const {
      status = 200,
      headers = {},
      body = {},
    } = reply(asked) ?? (asked.path.endsWith('/Sessions') ? login : { status: 404 });
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const access = { address: '', username: 'admin', password: 'geheim', verifyTls: true, timeoutSeconds: 3 };
  return { client: redfishClient(base, access), seen };
}

describe('Redfish client', () => {
  it('logs in once, sends the token, logs out', async () => {
    const { client, seen } = await service(({ path }) => (path === '/redfish/v1/a' ? { body: { ok: 1 } } : undefined));
    await Promise.all([client.get('/redfish/v1/a'), client.get('/redfish/v1/a')]);
    await closeBmcSessions(1);
    expect(seen.filter((each) => each.method === 'POST')).toHaveLength(1);
    expect(seen.find((each) => each.path === '/redfish/v1/a')?.headers['x-auth-token']).toBe('token');
    expect(seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/redfish/v1/SessionService/Sessions/1' });
  });

  it('takes Basic authentication where there are no sessions', async () => {
    const { client, seen } = await service(({ path }) => (path === '/redfish/v1/a' ? { body: {} } : { status: 404 }));
    await client.get('/redfish/v1/a');
    expect(seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  it('takes Basic authentication where 401 is the answer to everything without credentials', async () => {
    const root = { Systems: { '@odata.id': '/redfish/v1/Systems' } };
    const { client, seen } = await service(({ path, headers }) => {
      if (path === '/redfish/v1/') return { body: root };
      if (!headers.authorization) return { status: 401 };
      return path === '/redfish/v1/a' ? { body: { ok: 1 } } : { status: 404 };
    });
    expect(await client.get('/redfish/v1/a')).toEqual({ ok: 1 });
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /redfish/v1/SessionService/Sessions',
      'GET /redfish/v1/',
      'GET /redfish/v1/a',
    ]);
  });

  it('tries refused Basic credentials once, and sends none where logins exist and are refused', async () => {
    const systems = { '@odata.id': '/redfish/v1/Systems' };
    const only = await service(({ path }) => (path === '/redfish/v1/' ? { body: { Systems: systems } } : { status: 401 }));
    await expect(only.client.get('/redfish/v1/a')).rejects.toThrow(BmcAuthFailed);
    expect(only.seen.filter(({ headers }) => headers.authorization)).toHaveLength(1);
    const links = { Sessions: { '@odata.id': '/redfish/v1/SessionService/Sessions' } };
    const both = await service(({ path }) =>
      path === '/redfish/v1/' ? { body: { Systems: systems, Links: links } } : { status: 401 },
    );
    await expect(both.client.get('/redfish/v1/a')).rejects.toThrow(BmcAuthFailed);
    expect(both.seen.filter(({ headers }) => headers.authorization)).toHaveLength(0);
  });

  it('repeats the sentence of a service whose only message id is the general error', async () => {
    const info = [{ MessageId: 'Base.1.0.GeneralError' }];
    const error = { code: 'Base.1.0.GeneralError', message: 'Cannot download it', '@Message.ExtendedInfo': info };
    const { client } = await service(({ path }) => (path.endsWith('/a') ? { status: 400, body: { error } } : undefined));
    await expect(client.get('/redfish/v1/a')).rejects.toThrow(/answered 400: Cannot download it$/);
  });

  it('tries 5xx again, a bounded number of times', async () => {
    let left = 2;
    const healing = await service(({ path }) =>
      path.endsWith('/a') ? (left-- > 0 ? { status: 503 } : { body: { ok: 1 } }) : undefined,
    );
    expect(await healing.client.get('/redfish/v1/a')).toEqual({ ok: 1 });
    const dead = await service(({ path }) => (path.endsWith('/a') ? { status: 503 } : undefined));
    await expect(dead.client.get('/redfish/v1/a')).rejects.toThrow(BmcBusy);
    expect(dead.seen.filter((each) => each.path.endsWith('/a'))).toHaveLength(4);
  }, 15_000);

  it('gives up after the second 401, and says what the BMC said without the password', async () => {
    const body = { error: { '@Message.ExtendedInfo': [{ MessageId: 'Base.1.0.X', Message: 'Account\u0007 locked' }] } };
    const { client, seen } = await service(({ path }) => (path.endsWith('/a') ? { status: 401, body } : undefined));
    await expect(client.get('/redfish/v1/a')).rejects.toThrow(BmcAuthFailed);
    expect(seen.filter((each) => each.path.endsWith('/a'))).toHaveLength(2);
    await expect(client.get('/redfish/v1/a')).rejects.toThrow(/user admin \(HTTP 401\): Account {2}?locked/);
    await expect(client.get('/redfish/v1/a')).rejects.not.toThrow(/geheim/);
  });

  it('patches with the ETag, then its strong form, then without', async () => {
    const matches: unknown[] = [];
    const { client } = await service(({ method, path, headers }) => {
      if (!path.endsWith('/a')) return undefined;
      if (method === 'GET') return { headers: { etag: 'W/"1"' } };
      matches.push(headers['if-match']);
      return { status: headers['if-match'] ? 412 : 200 };
    });
    await client.patch('/redfish/v1/a', {});
    expect(matches).toEqual(['W/"1"', '"1"', undefined]);
  });

  it('follows a task to its end, also to a bad one', async () => {
    let polls = 0;
    const { client } = await service(({ path }): Answer | undefined => {
      if (path === '/redfish/v1/good') return { status: 202, headers: { location: '/task/good', 'retry-after': '0' } };
      if (path === '/redfish/v1/bad') return { status: 202, headers: { location: '/task/bad' } };
      if (path === '/task/good')
        return { status: ++polls < 2 ? 202 : 200, headers: { location: '/task/good' }, body: { done: true } };
      return undefined;
    });
    expect(await client.post('/redfish/v1/good', {})).toEqual({ done: true });
    const failing = await service(({ path }) => {
      if (path === '/redfish/v1/bad') return { status: 202, headers: { location: '/task/bad' } };
      return path === '/task/bad'
        ? { body: { TaskState: 'Exception', Messages: [{ MessageId: 'X.1', Message: 'no image' }] } }
        : undefined;
    });
    await expect(failing.client.post('/redfish/v1/bad', {})).rejects.toThrow(/no image/);
  });

  it('follows redirects of its own host only', async () => {
    const { client } = await service(({ path }) => {
      if (path === '/redfish/v1/name') return { status: 307, headers: { location: '/redfish/v1/id' } };
      if (path === '/redfish/v1/away') return { status: 307, headers: { location: 'http://192.0.2.1/redfish/v1/id' } };
      return path === '/redfish/v1/id' ? { body: { found: 1 } } : undefined;
    });
    expect(await client.get('/redfish/v1/name')).toEqual({ found: 1 });
    await expect(client.get('/redfish/v1/away')).rejects.toThrow(/another host/);
    await expect(client.get('//192.0.2.1/redfish/v1/id')).rejects.toThrow(/another host/);
  });

  it('carries changes over redirects that keep the method, and takes no other for success', async () => {
    const { client, seen } = await service(({ method, path }) => {
      if (path === '/redfish/v1/name')
        return { status: 307, headers: { location: '/redfish/v1/id' }, body: '<html>moved</html>' };
      if (path === '/redfish/v1/login')
        return { status: 302, headers: { location: '/redfish/v1/id' }, body: '<html>moved</html>' };
      return path === '/redfish/v1/id' ? { status: method === 'GET' ? 200 : 204 } : undefined;
    });
    await client.patch('/redfish/v1/name', { a: 1 });
    await client.post('/redfish/v1/name', { a: 1 });
    const changes = seen.filter(({ method, path }) => method !== 'GET' && path === '/redfish/v1/id');
    expect(changes.map(({ method }) => method)).toEqual(['PATCH', 'POST']);
    await expect(client.post('/redfish/v1/login', {})).rejects.toThrow(/POST \/redfish\/v1\/login answered 302/);
  });

  it('bounds what it reads and wants JSON', async () => {
    const { client } = await service(({ path }) => {
      if (path.endsWith('/large')) return { body: 'x'.repeat(5 * 1024 * 1024) };
      return path.endsWith('/html') ? { body: '<html>login</html>' } : undefined;
    });
    await expect(client.get('/redfish/v1/large')).rejects.toThrow(/more than \d+ bytes/);
    await expect(client.get('/redfish/v1/html')).rejects.toThrow(/is this a Redfish service/);
    await expect(client.get('/redfish/v1/nothing')).rejects.toThrow(RedfishRefused);
    await expect(client.get('/redfish/v1/nothing')).rejects.toThrow(BmcProtocolError);
  });

  it('says when nobody is there', async () => {
    const access = { address: '', username: 'a', password: 'b', verifyTls: true, timeoutSeconds: 1 };
    const client = redfishClient(new URL('http://127.0.0.1:1'), access);
    await expect(client.get('/redfish/v1')).rejects.toThrow(BmcUnreachable);
  });
});
