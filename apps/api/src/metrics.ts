/** Health and metrics on a port of its own: /livez, /readyz (the database answers), /metrics (Prometheus). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '@slipway/core/store/store.ts';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Log } from './log.ts';

/** How long readiness may take to ask the database. */
const READY_MS = 3000;

/** Starts the listener. */
export async function startMetrics(options: {
  store: Store;
  host: string;
  port: number;
  log: Log;
}): Promise<{ port: number; close: () => Promise<void> }> {
  const { store } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'slipway_' });
  const depth = new Gauge({
    name: 'slipway_queue_keys',
    help: 'Keys of the wake-up queue',
    labelNames: ['state'],
    registers: [registry],
  });
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/livez') return void response.end('ok');
      if (request.url === '/readyz') {
        await within(READY_MS, store.now());
        return void response.end('ok');
      }
      if (request.url === '/metrics') {
        const counts = await store.queue.depth();
        for (const [state, count] of Object.entries(counts)) depth.set({ state }, count);
        response.setHeader('content-type', registry.contentType);
        return void response.end(await registry.metrics());
      }
      response.writeHead(404).end();
    } catch (error) {
      options.log('warn', 'not ready', { error });
      response.writeHead(503).end('the database does not answer');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref();
  });
  return Promise.race([work, late]);
}
