import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { exchange } from './bmc/redfish/http.ts';
import { dispatcherFor, within } from './tunnel.ts';

let proxy: Server | undefined;
const sockets: Socket[] = [];

afterEach(() => {
  proxy?.close();
  for (const socket of sockets) socket.destroy();
});

it('a proxy that takes the connection and never answers holds a request no longer than its limit', async () => {
  proxy = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => proxy!.listen(0, '127.0.0.1', resolve));
  const proxyURL = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const to = {
    base: new URL('https://bmc.example'),
    dispatcher: dispatcherFor({ proxyURL, verifyTls: false }),
    timeoutSeconds: 0.2,
  };
  await expect(exchange(to, 'GET', '/redfish/v1', {})).rejects.toThrow('BMC bmc.example: no answer within 0.2 s');
});

it('gives the outcome, or the reason of the signal', async () => {
  const limit = new AbortController();
  expect(await within(limit.signal, Promise.resolve(1))).toBe(1);
  const late = within(limit.signal, new Promise(() => undefined));
  limit.abort(new Error('late'));
  await expect(late).rejects.toThrow('late');
  await expect(within(limit.signal, Promise.resolve(1))).rejects.toThrow('late');
});
