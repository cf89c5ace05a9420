import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createProxy } from './proxy.ts';
import { contentSecurityPolicy } from './security-headers.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function through(handler: RequestListener): Promise<string> {
  const target = await listen(handler);
  return listen(createProxy(new URL(target)).handle);
}

test('passes a stream on as it comes, and its end too', async () => {
  let closed = false;
  const url = await through((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
    request.on('close', () => {
      closed = true;
    });
  });
  const stop = new AbortController();
  const answer = await fetch(`${url}/api/trpc/live.changes`, { signal: stop.signal });
  const { value } = await answer.body!.getReader().read();
  expect(new TextDecoder().decode(value)).toBe('data: 1\n\n');
  stop.abort();
  await expect.poll(() => closed).toBe(true);
});

test('tells the API who asked, and passes the body', async () => {
  let seen: IncomingMessage['headers'] = {};
  const url = await through((request, response) => {
    seen = request.headers;
    request.pipe(response);
  });
  const answer = await fetch(`${url}/api/trpc/x`, { method: 'POST', body: 'hello', headers: { cookie: 'slipway=abc' } });
  expect(await answer.text()).toBe('hello');
  expect(seen).toMatchObject({ cookie: 'slipway=abc', 'x-forwarded-proto': 'http', host: new URL(url).host });
  expect(seen['x-forwarded-for']).toMatch(/127\.0\.0\.1$/);
});

test('says so where the API is away', async () => {
  const url = await listen(createProxy(new URL('http://127.0.0.1:1')).handle);
  const answer = await fetch(`${url}/api/trpc/x`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { data: { code: 'SERVICE_UNAVAILABLE' } } });
});

test('pages run no script without their nonce, and stand in no frame', () => {
  const policy = contentSecurityPolicy('abc', false);
  expect(policy).toContain("script-src 'self' 'nonce-abc';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-eval');
});
