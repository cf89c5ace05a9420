/** HTTP over TLS with client certificates, one server object for all simulated machines; sockets are handed over one by one. */
import { X509Certificate } from 'node:crypto';
import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

/** Who serves, and with which certificates. */
export interface TlsOwner {
  context: tls.SecureContext;
  /** CA of the client certificates. */
  clientCa: X509Certificate;
}

/** Who came: the subject of a valid client certificate. */
export interface Peer {
  commonName: string;
  organizations: string[];
}

/** Serves requests of sockets. */
export interface TlsHttp<Owner extends TlsOwner> {
  accept(owner: Owner, stream: Duplex): void;
}

/** Makes one. A handler that throws gives 500. */
export function tlsHttp<Owner extends TlsOwner>(
  handle: (owner: Owner, request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>,
  upgrade?: (owner: Owner, request: http.IncomingMessage, socket: Duplex) => void,
): TlsHttp<Owner> {
  const owners = new WeakMap<object, Owner>();
  const server = http.createServer((request, response) => {
    const owner = owners.get(request.socket);
    if (!owner) return void response.writeHead(500).end();
    handle(owner, request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error.message);
    });
  });
  server.keepAliveTimeout = 20_000;
  server.on('upgrade', (request, socket) => {
    const owner = owners.get(socket);
    if (owner && upgrade) upgrade(owner, request, socket);
    else socket.destroy();
  });
  return {
    accept(owner, stream) {
      const options = { isServer: true, secureContext: owner.context, requestCert: true, rejectUnauthorized: false };
      const socket = new tls.TLSSocket(stream as net.Socket, options);
      socket.on('error', () => socket.destroy());
      stream.on('close', () => socket.destroy());
      socket.on('close', () => stream.destroy());
      owners.set(socket, owner);
      server.emit('connection', socket);
    },
  };
}

/** The subject of the client certificate if its CA signed it and it is valid now; null if there is none; 'bad' otherwise. */
export function peerOf(request: http.IncomingMessage, clientCa: X509Certificate): Peer | null | 'bad' {
  const certificate = (request.socket as tls.TLSSocket).getPeerX509Certificate?.();
  if (!certificate) return null;
  const now = Date.now();
  const valid = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
  if (!valid || !certificate.verify(clientCa.publicKey)) return 'bad';
  const lines = certificate.subject.split('\n');
  const all = (field: string) => lines.filter((line) => line.startsWith(`${field}=`)).map((line) => line.slice(field.length + 1));
  return { commonName: all('CN')[0] ?? '', organizations: all('O') };
}

/** A certificate's public side, parsed. */
export function parsed(pem: string): X509Certificate {
  return new X509Certificate(pem);
}
