/** Carries /api/* to the API, byte by byte: streams are neither buffered nor limited in number (Next's rewrites stop at 256). */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** The answer where the API is away, in the shape the console's client reads. */
const AWAY = JSON.stringify({
  error: {
    message: 'The API does not answer; the console asks again by itself.',
    code: -32603,
    data: { code: 'SERVICE_UNAVAILABLE', httpStatus: 503 },
  },
});

/** Makes the handler for one API. `close` frees idle connections. */
export function createProxy(target: URL) {
  const agent = new Agent({ keepAlive: true });
  return {
    handle: (request: IncomingMessage, response: ServerResponse) => forward(agent, target, request, response),
    close: () => agent.destroy(),
  };
}

function forward(agent: Agent, target: URL, request: IncomingMessage, response: ServerResponse): void {
  const upstream = httpRequest({
    agent,
    hostname: target.hostname,
    port: target.port,
    method: request.method,
    path: request.url,
    headers: forwarded(request),
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  upstream.on('error', () => {
    if (response.headersSent) return response.destroy();
    response.writeHead(503, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(AWAY);
  });
  // A closed tab ends its stream at the API too.
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** The peer's address and protocol for the API. What a proxy on this machine says of them is passed on, what others claim is not. */
function forwarded(request: IncomingMessage): Record<string, string | string[]> {
  const peer = request.socket.remoteAddress ?? '';
  const headers = endToEnd(request.headers);
  const near = LOOPBACK.has(peer);
  headers['x-forwarded-for'] = (near && request.headers['x-forwarded-for']) || peer;
  headers['x-forwarded-proto'] = (near && request.headers['x-forwarded-proto']) || 'http';
  if (!near) delete headers['x-forwarded-host'];
  return headers;
}

function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_BY_HOP.has(name));
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}
