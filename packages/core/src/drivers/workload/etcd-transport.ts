/** Calls to the etcd pod of a node: TLS with a client certificate of the cluster's etcd CA, inside a port-forward. */
import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { WorkloadClient } from './client.ts';
import { answerError, connectionError, WorkloadError } from './errors.ts';
import type { EtcdTransport } from './etcd.ts';
import { portForward } from './port-forward.ts';

const ETCD_PORT = 2379;
const CALL_SECONDS = 10;
const MOST_BYTES = 1024 * 1024;

/** Certificates, PEM. */
export interface EtcdIdentity {
  ca: string;
  certificate: string;
  key: string;
}

/** Opens a transport to the etcd pod of a node. Throws WorkloadError `unreachable`. */
export async function openEtcd(client: WorkloadClient, node: string, identity: EtcdIdentity): Promise<EtcdTransport> {
  const what = `etcd of node ${node}`;
  const tunnel = await portForward(client, { namespace: 'kube-system', name: `etcd-${node}` }, ETCD_PORT);
  const socket = await secured(tunnel, what, identity);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  // One connection, kept for all calls of this transport.
  (agent as unknown as { createConnection: () => tls.TLSSocket }).createConnection = () => socket;
  return {
    post: <T>(path: string, body: Record<string, unknown>) => call(agent, what, path, body) as Promise<T>,
    close: () => {
      agent.destroy();
      socket.destroy();
      tunnel.destroy();
    },
  };
}

function secured(tunnel: Duplex, what: string, { ca, certificate, key }: EtcdIdentity): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    // kubeadm gives every etcd server certificate the name localhost.
    const socket = tls.connect({ socket: tunnel as net.Socket, ca, cert: certificate, key, servername: 'localhost' });
    const fail = (error: Error) => {
      clearTimeout(timer);
      tunnel.destroy();
      socket.destroy();
      reject(connectionError(what, error, CALL_SECONDS));
    };
    const timer = setTimeout(
      () => fail(new WorkloadError('unreachable', `${what}: no answer within ${CALL_SECONDS} s`)),
      CALL_SECONDS * 1000,
    );
    socket.once('error', fail);
    tunnel.once('error', fail);
    tunnel.once('close', () => socket.destroy());
    socket.once('close', () => fail(new WorkloadError('unreachable', `${what}: connection closed`)));
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

function call(agent: http.Agent, what: string, path: string, body: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const request = http.request(
      { agent, host: 'localhost', method: 'POST', path, headers, timeout: CALL_SECONDS * 1000 },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_BYTES) request.destroy(new WorkloadError('protocol', `${what}: answer too large`));
          else chunks.push(chunk);
        });
        response.on('error', (error) => reject(connectionError(what, error, CALL_SECONDS)));
        response.on('end', () => settle(what, response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), resolve, reject));
      },
    );
    request.on('timeout', () => request.destroy(new WorkloadError('unreachable', `${what}: no answer within ${CALL_SECONDS} s`)));
    request.on('error', (error) => reject(connectionError(what, error, CALL_SECONDS)));
    request.end(text);
  });
}

function settle(
  what: string,
  status: number,
  text: string,
  resolve: (value: unknown) => void,
  reject: (error: Error) => void,
): void {
  let body: { message?: string; error?: string };
  try {
    body = JSON.parse(text) as { message?: string };
  } catch {
    reject(new WorkloadError('protocol', `${what}: the answer is not JSON`));
    return;
  }
  if (status === 200) resolve(body);
  else reject(answerError(what, status, String(body.message ?? body.error ?? '').slice(0, 200)));
}
