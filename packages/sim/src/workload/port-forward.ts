/** Port-forwarding to etcd pods over WebSocket (subprotocol v4.channel.k8s.io): channel 0 carries data, channel 1 errors. */
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { ControlPlane } from './cluster.ts';
import { isServing } from './cluster.ts';
import { serveEtcd } from './etcd-gateway.ts';
import { peerOf, tlsHttp } from './tls-http.ts';
import { acceptWebSocket } from './websocket.ts';

/** The only subprotocol served. */
export const PROTOCOL = 'v4.channel.k8s.io';

const etcdServer = tlsHttp<ControlPlane['etcd'] & { controlPlane: ControlPlane }>(async (owner, request, response) => {
  const { cluster, node } = owner.controlPlane;
  const peer = peerOf(request, owner.clientCa);
  const member = cluster.etcd.byName(node);
  // etcd ends connections without a client certificate of its CA during the handshake.
  if (!peer || peer === 'bad' || !member?.running) return void request.socket.destroy();
  await serveEtcd(cluster.etcd, member, request, response);
});

/** Serves `…/pods/etcd-<node>/portforward?ports=2379` on an upgraded connection. */
export function forward(controlPlane: ControlPlane, url: URL, request: IncomingMessage, socket: Duplex): void {
  const pod = /^\/api\/v1\/namespaces\/kube-system\/pods\/([^/]+)\/portforward$/.exec(url.pathname)?.[1];
  const protocols = String(request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  if (!pod || !isServing(controlPlane) || !protocols.includes(PROTOCOL)) {
    const status = !pod ? '404 Not Found' : protocols.includes(PROTOCOL) ? '503 Service Unavailable' : '400 Bad Request';
    return void socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  }
  const end = acceptWebSocket(request, socket, PROTOCOL);
  const port = Number(url.searchParams.get('ports') ?? 0);
  for (const channel of [0, 1]) end.send(Buffer.from([channel, port & 255, port >> 8]));
  const target = controlPlane.cluster.controlPlanes.get(pod.replace(/^etcd-/, ''));
  if (!pod.startsWith('etcd-') || port !== 2379 || !target?.up || !controlPlane.cluster.etcd.byName(target.node)) {
    end.send(Buffer.concat([Buffer.from([1]), Buffer.from(`an error occurred forwarding ${port}: connect: connection refused`)]));
    end.close();
    return;
  }
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      end.send(Buffer.concat([Buffer.from([0]), chunk]));
      done();
    },
    destroy: (error, done) => {
      end.close();
      done(error);
    },
  });
  end.onMessage = (data) => {
    if (data[0] === 0 && data.length > 1) stream.push(data.subarray(1));
  };
  end.onClose = () => stream.destroy();
  stream.on('error', () => end.close());
  etcdServer.accept({ ...target.etcd, controlPlane: target }, stream);
}
