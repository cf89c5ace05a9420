/** The HTTP CONNECT proxy of a site: the one way into it. */
import http from 'node:http';
import type net from 'node:net';
import type { Network } from './network.ts';

/** A running proxy. */
export interface SiteProxy {
  url: string;
  close(): Promise<void>;
}

/** Starts it on a local port (0 = any). Destinations outside the site get 403, unreachable ones 502. */
export async function startProxy(network: Network, port: number): Promise<SiteProxy> {
  const sockets = new Set<net.Socket>();
  const server = http.createServer((_, response) => response.writeHead(405).end('CONNECT only\n'));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('connect', (request, client: net.Socket, head: Buffer) => {
    void tunnel(network, request.url ?? '', client, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function tunnel(network: Network, target: string, client: net.Socket, head: Buffer): Promise<void> {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(target) ?? [];
  if (!host || !port || !network.isInside(host)) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  try {
    const inside = await network.connect(host, Number(port));
    if (client.destroyed) return void inside.destroy();
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) inside.write(head);
    inside.on('error', () => client.destroy());
    inside.on('close', () => client.destroy());
    client.on('close', () => inside.destroy());
    inside.pipe(client);
    client.pipe(inside);
  } catch {
    client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  }
}
