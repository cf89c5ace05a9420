/** A GET over HTTPS from inside the simulated site, as kubeadm on a node makes it. */
import http from 'node:http';
import tls from 'node:tls';
import type { SiteNetwork } from '../network.ts';

/** Where, and what to trust and show. Without `ca` any certificate will do: kubeadm's first look at cluster-info. */
export interface Get {
  host: string;
  port: number;
  path: string;
  ca?: string;
  token?: string;
}

/** Answers status and parsed body. Rejects as a connection does. */
export async function get(network: SiteNetwork, { host, port, path, ca, token }: Get): Promise<{ status: number; body: Body }> {
  const raw = await network.connect(host, port);
  const socket = tls.connect({ socket: raw, ...(ca ? { ca, host } : { rejectUnauthorized: false }) });
  return new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}`, connection: 'close', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const request = http.request({ createConnection: () => socket, path, headers, timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? (JSON.parse(text) as Body) : {} });
        socket.destroy();
      });
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', reject);
    socket.on('error', reject);
    request.end();
  });
}

/** The fields kubeadm reads of a ConfigMap or a Status. */
export interface Body {
  data?: Record<string, string>;
  message?: string;
}
