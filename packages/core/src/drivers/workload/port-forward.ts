/**
 * Port-forwarding to a pod over WebSocket, subprotocol `v4.channel.k8s.io`: each message begins with its channel, 0 data and
 * 1 errors; the first message of each channel repeats the port. Chosen over the newer tunnelled SPDY because kubelets of all
 * supported versions take it and it needs no SPDY.
 */
import { Duplex } from 'node:stream';
import { WebSocket } from 'undici';
import type { WorkloadClient } from './client.ts';
import { connectionError, WorkloadError } from './errors.ts';

const PROTOCOL = 'v4.channel.k8s.io';
const OPEN_SECONDS = 15;

/** Opens a connection to a port of a pod. Throws WorkloadError `unreachable`. */
export async function portForward(
  client: WorkloadClient,
  pod: { namespace: string; name: string },
  port: number,
): Promise<Duplex> {
  const { access, dispatcher } = client;
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/portforward?ports=${port}`;
  const what = `port-forward to pod ${pod.namespace}/${pod.name}`;
  const socket = new WebSocket(`${access.server.replace(/^https/, 'wss')}${path}`, { protocols: [PROTOCOL], dispatcher });
  socket.binaryType = 'arraybuffer';
  const stream = streamOf(socket, what);
  await opened(socket, what).catch((error: unknown) => {
    stream.destroy();
    throw connectionError(what, error, OPEN_SECONDS);
  });
  return stream;
}

function opened(socket: WebSocket, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.close();
      reject(new WorkloadError('unreachable', `${what}: no answer within ${OPEN_SECONDS} s`));
    }, OPEN_SECONDS * 1000);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    socket.addEventListener('open', () => settle(resolve));
    socket.addEventListener('error', () =>
      settle(() => reject(new WorkloadError('unreachable', `${what}: the API server did not open it`))),
    );
    socket.addEventListener('close', () => settle(() => reject(new WorkloadError('unreachable', `${what}: closed`))));
  });
}

function streamOf(socket: WebSocket, what: string): Duplex {
  const greeted = new Set<number>();
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      if (socket.readyState !== WebSocket.OPEN) return done(new WorkloadError('unreachable', `${what}: closed`));
      socket.send(Buffer.concat([Buffer.from([0]), chunk]));
      done();
    },
    destroy: (error, done) => {
      if (socket.readyState <= WebSocket.OPEN) socket.close();
      done(error);
    },
  });
  socket.addEventListener('message', ({ data }) => {
    const bytes = Buffer.from(data as ArrayBuffer);
    const channel = bytes[0] ?? 0;
    if (!greeted.has(channel)) return void greeted.add(channel);
    const content = bytes.subarray(1);
    if (channel === 0) stream.push(content);
    else if (content.length > 0)
      stream.destroy(new WorkloadError('unreachable', `${what}: ${content.toString('utf8').slice(0, 200)}`));
  });
  socket.addEventListener('close', () => {
    if (!stream.destroyed) stream.push(null);
  });
  return stream;
}
