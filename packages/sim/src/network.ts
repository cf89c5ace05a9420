/**
 * The address space of one simulated site. Every listener is a real TCP server on a real local port; in-site addresses
 * (192.168.1.10:443) and names (images.example.com) map to them. Nothing outside can use these addresses but through the site's proxy.
 */
import net from 'node:net';
import { sleepReal } from './clock.ts';

/** What simulated machines of a site see of the network. */
export interface SiteNetwork {
  /** Serves an in-site address. The last listener of an address wins (a moved virtual IP). */
  listen(host: string, port: number, onConnection: (socket: net.Socket) => void): { close(): void };
  /** Connects from inside the site: in-site addresses and names, else the world. Rejects as TCP would (ECONNREFUSED, EHOSTUNREACH). */
  connect(host: string, port: number): Promise<net.Socket>;
}

/** The whole of it, for the proxy and for faults. */
export interface Network extends SiteNetwork {
  /** Makes a name resolve to an in-site address. */
  addName(name: string, address: string): void;
  /** Whether this is an address or name of the site (known, or within its networks). */
  isInside(host: string): boolean;
  /** Cuts an address off (a switch that is down) or brings it back; open connections of it end. */
  setReachable(host: string, reachable: boolean): void;
  close(): void;
}

interface Listener {
  ready: Promise<number>;
  server: net.Server;
  sockets: Set<net.Socket>;
  onConnection: (socket: net.Socket) => void;
}

/** How long a connection to a dead address takes to fail, real ms: long enough to be felt, short enough for tests. */
const NO_ROUTE_MS = 300;

/** Makes the network of a site; `prefixes` are the address prefixes that belong to it, as `192.168.1.`. */
export function makeNetwork(prefixes: string[]): Network {
  const names = new Map<string, string>();
  const listeners = new Map<string, Listener[]>();
  const cut = new Set<string>();
  const resolve = (host: string) => names.get(host.toLowerCase()) ?? host;

  const drop = (key: string, listener: Listener) => {
    const left = (listeners.get(key) ?? []).filter((other) => other !== listener);
    if (left.length === 0) listeners.delete(key);
    else listeners.set(key, left);
    listener.server.close();
    for (const socket of listener.sockets) socket.destroy();
  };

  return {
    addName: (name, address) => void names.set(name.toLowerCase(), address),
    isInside: (host) => names.has(host.toLowerCase()) || prefixes.some((prefix) => host.startsWith(prefix)),
    listen(host, port, onConnection) {
      const key = `${host}:${port}`;
      const listener = startListener(onConnection);
      listeners.set(key, [...(listeners.get(key) ?? []), listener]);
      return { close: () => drop(key, listener) };
    },
    async connect(host, port) {
      const address = resolve(host);
      const listener = cut.has(address) ? undefined : listeners.get(`${address}:${port}`)?.at(-1);
      if (listener) return dial('127.0.0.1', await listener.ready);
      if (!this.isInside(address)) return dial(host, port);
      const alive = !cut.has(address) && [...listeners.keys()].some((key) => key.startsWith(`${address}:`));
      if (alive) throw Object.assign(new Error(`connect ECONNREFUSED ${address}:${port}`), { code: 'ECONNREFUSED' });
      await sleepReal(NO_ROUTE_MS);
      throw Object.assign(new Error(`connect EHOSTUNREACH ${address}:${port}`), { code: 'EHOSTUNREACH' });
    },
    setReachable(host, reachable) {
      if (reachable) return void cut.delete(host);
      cut.add(host);
      for (const [key, all] of listeners) {
        if (!key.startsWith(`${host}:`)) continue;
        for (const listener of all) for (const socket of listener.sockets) socket.destroy();
      }
    },
    close() {
      for (const [key, all] of [...listeners]) for (const listener of [...all]) drop(key, listener);
    },
  };
}

function startListener(onConnection: (socket: net.Socket) => void): Listener {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  const ready = new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });
  ready.catch(() => undefined);
  return { ready, server, sockets, onConnection };
}

function dial(host: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
