/** The console's server: /api/* goes to the API, the rest to Next. `node server.ts [--dev]`, with PORT, SLIPWAY_HOST and SLIPWAY_API_URL. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import next from 'next';
import { createProxy } from './src/server/proxy.ts';
import { contentSecurityPolicy, SECURITY_HEADERS } from './src/server/security-headers.ts';

const dev = process.argv.includes('--dev');
const port = Number(process.env.PORT ?? 3000);
const host = process.env.SLIPWAY_HOST ?? '127.0.0.1';
const api = createProxy(new URL(process.env.SLIPWAY_API_URL ?? 'http://127.0.0.1:4000'));

process.env.NEXT_TELEMETRY_DISABLED = '1';
const app = next({ dev, dir: import.meta.dirname, hostname: host, port });
await app.prepare();
const page = app.getRequestHandler();

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  if (path.startsWith('/api/')) {
    api.handle(request, response);
    return;
  }
  if (path === '/healthz') {
    response.end('ok');
    return;
  }
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), dev);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  response.setHeader('content-security-policy', policy);
  // Next reads the nonce for its own scripts from the request.
  request.headers['content-security-policy'] = policy;
  page(request, response).catch(() => response.destroy());
}

const server = createServer(answer);
if (dev) server.on('upgrade', app.getUpgradeHandler());
server.listen(port, host, () => console.log(`console on port ${port}`));
server.on('error', (error) => {
  console.error(`the console cannot listen on ${host}:${port}: ${error.message}`);
  process.exit(1);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
    api.close();
    setTimeout(() => process.exit(0), 3000).unref();
  });
}
