/** The tRPC door over Node http. Speaks to browsers through the web process; never listens to the world by itself. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { readRequest } from '../auth/cookie.ts';
import type { Context, Ports } from './context.ts';
import { createContext } from './context.ts';
import { appRouter } from './root.ts';

/** Where the procedures live. */
export const BASE_PATH = '/api/trpc/';

/** Bounds of one request. Manifests are at most 1 MiB, as etcd allows. */
const LIMITS = { bodyBytes: 1_048_576, batch: 20, headersMs: 10_000, requestMs: 60_000, connections: 2000 };

/** What {@link startTrpc} needs. `log` gets one line for each inner failure, never a secret. */
export interface TrpcOptions extends Ports {
  port: number;
  host: string;
  log: (line: string, detail: { path?: string; error: unknown }) => void;
}

/** Starts listening. `close` ends the open streams too. */
export async function startTrpc(options: TrpcOptions): Promise<{ port: number; close(): Promise<void> }> {
  const handle = createHTTPHandler({
    router: appRouter,
    basePath: BASE_PATH,
    maxBodySize: LIMITS.bodyBytes,
    maxBatchSize: LIMITS.batch,
    createContext: ({ req, res }): Promise<Context> => createContext(options, req, res as unknown as ServerResponse),
    onError({ error, path }) {
      if (error.code === 'INTERNAL_SERVER_ERROR') options.log('a procedure failed', { path, error: error.cause ?? error });
    },
  });
  const server = createServer((request, response) => answer(request, response, handle));
  server.headersTimeout = LIMITS.headersMs;
  server.requestTimeout = LIMITS.requestMs;
  server.maxConnections = LIMITS.connections;
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

function answer(request: IncomingMessage, response: ServerResponse, handle: ReturnType<typeof createHTTPHandler>): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store, no-transform');
  // Buffering proxies would hold the live stream back.
  response.setHeader('x-accel-buffering', 'no');
  if (request.url === '/healthz') return void response.end('ok');
  if (!request.url?.startsWith(BASE_PATH)) return void response.writeHead(404).end();
  // SameSite keeps the cookie from other sites; this keeps other sites from logging somebody in, and other ports of this host out.
  if (request.method === 'POST' && readRequest(request).foreign) return void response.writeHead(403).end();
  handle(request, response);
}
