/** The API server of a control-plane node: authenticates, routes, answers. One HTTP server serves all simulated ones. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from './api-error.ts';
import { authenticate, authorize } from './auth.ts';
import { type ControlPlane, isServing } from './cluster.ts';
import { discover } from './discovery.ts';
import { openApi } from './openapi.ts';
import { forward } from './port-forward.ts';
import { resourceOf } from './resources.ts';
import { tlsHttp } from './tls-http.ts';
import { serveVerb, type Target } from './verbs.ts';

const server = tlsHttp<ControlPlane>(handle, upgrade);

/** What an address of the API does with a connection. */
export function acceptApi(controlPlane: ControlPlane): (socket: Duplex) => void {
  return (socket) => (controlPlane.up ? server.accept(controlPlane, socket) : void socket.destroy());
}

async function handle(controlPlane: ControlPlane, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'https://api');
    authorize(authenticate(controlPlane, request), request.method ?? 'GET', url.pathname);
    if (/^\/(healthz|livez|readyz)/.test(url.pathname)) return health(controlPlane, response);
    if (url.pathname !== '/version' && !isServing(controlPlane)) {
      throw new ApiError(503, 'ServiceUnavailable', 'etcdserver: no leader');
    }
    const read = request.method === 'GET';
    const found = read ? (discover(url.pathname, controlPlane.version) ?? openApi(url.pathname)) : undefined;
    if (found !== undefined) return reply(response, 200, found);
    await serveVerb(controlPlane.cluster, targetOf(url), url, request, response);
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(500, 'InternalError', (error as Error).message);
    if (response.headersSent) response.end();
    else reply(response, known.code, known.body());
  }
}

function upgrade(controlPlane: ControlPlane, request: IncomingMessage, socket: Duplex): void {
  try {
    const url = new URL(request.url ?? '/', 'https://api');
    authorize(authenticate(controlPlane, request), 'POST', url.pathname);
    forward(controlPlane, url, request, socket);
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 500;
    socket.end(`HTTP/1.1 ${code} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  }
}

/** `/api/v1/namespaces/x/pods/y/eviction` and its like. Throws ApiError 404 for what is not served. */
function targetOf(url: URL): Target {
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '');
  let rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2]!)) {
    namespace = rest[1]!;
    rest = rest.slice(2);
  }
  const resource = resourceOf(group, rest[0] ?? '');
  if (!resource) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
  return { resource, namespace, name: rest[1] ?? '', subresource: rest[2] ?? '' };
}

function health(controlPlane: ControlPlane, response: ServerResponse): void {
  const ok = isServing(controlPlane);
  response.writeHead(ok ? 200 : 500, { 'content-type': 'text/plain' });
  response.end(ok ? 'ok' : '[-]etcd failed: reason withheld');
}

function reply(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
