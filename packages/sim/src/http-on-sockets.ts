/**
 * One HTTP server for many simulated machines: each hands over its own sockets. An HTTP server object per machine would cost
 * most of the memory of an idle one.
 */
import http from 'node:http';
import type net from 'node:net';
import tls from 'node:tls';

/** A shared HTTP server; `Owner` is whatever machine a socket belongs to. */
export interface SocketHttp<Owner> {
  /** Serves HTTP on this socket, with TLS if a context is given. */
  accept(owner: Owner, socket: net.Socket, context?: tls.SecureContext): void;
}

/** Makes one. A handler that throws gives 500. */
export function socketHttp<Owner>(
  handle: (owner: Owner, request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
): SocketHttp<Owner> {
  const owners = new WeakMap<object, Owner>();
  const server = http.createServer((request, response) => {
    const owner = owners.get(request.socket);
    if (owner === undefined) return void response.writeHead(500).end();
    handle(owner, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = 5000;
  return {
    accept(owner, socket, context) {
      const stream = context ? new tls.TLSSocket(socket, { isServer: true, secureContext: context }) : socket;
      stream.on('error', () => stream.destroy());
      owners.set(stream, owner);
      server.emit('connection', stream);
    },
  };
}

/** Reads a request's body as JSON ({} if empty). Throws on more than `most` bytes or on text that is not JSON. */
export async function readJson(request: http.IncomingMessage, most = 96 * 1024 * 1024): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new RangeError('body too large');
    chunks.push(chunk);
  }
  return size === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
}

/** Answers with JSON. */
export function sendJson(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  response.end(text);
}
