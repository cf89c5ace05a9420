/** HTTP as simulated machines speak it from inside their site. */
import http from 'node:http';
import tls from 'node:tls';
import type { SiteNetwork } from './network.ts';

/** A request. */
export interface SiteRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** PEM certificates to trust; undefined = any certificate is accepted, as BMCs do. */
  ca?: string[];
  /** Real seconds. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/** An answer, whole. */
export interface SiteAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

const MOST_BYTES = 1024 * 1024 * 1024;

/** Sends a request from inside the site. Rejects as the network would; redirects are not followed. */
export async function siteRequest(network: SiteNetwork, request: SiteRequest): Promise<SiteAnswer> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const plain = await network.connect(url.hostname, Number(url.port) || (secure ? 443 : 80));
  plain.on('error', () => plain.destroy());
  const socket = secure
    ? tls.connect({
        socket: plain,
        host: url.hostname,
        ...(/^[\d.:[\]]+$/.test(url.hostname) ? {} : { servername: url.hostname }),
        rejectUnauthorized: request.ca !== undefined,
        ...(request.ca ? { ca: request.ca } : {}),
      })
    : plain;
  const limit = AbortSignal.timeout((request.timeoutSeconds ?? 60) * 1000);
  const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    const outgoing = http.request(
      {
        method: request.method ?? 'GET',
        path: url.pathname + url.search,
        createConnection: () => socket,
        signal,
        headers: headersOf(url, request),
      },
      (incoming) => {
        collect(incoming).then((body) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }), reject);
      },
    );
    outgoing.on('error', (error) => {
      plain.destroy();
      reject(error);
    });
    outgoing.end(request.body);
  });
}

function headersOf(url: URL, request: SiteRequest): Record<string, string> {
  const body: Record<string, string> =
    request.body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(request.body)) };
  return { host: url.host, connection: 'close', ...body, ...request.headers };
}

async function collect(incoming: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new RangeError('answer too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
