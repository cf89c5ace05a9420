/** For tests: plain HTTPS requests to the API, as some client other than kubectl might send them. */
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';

/** An answer, read whole. */
export interface Answer {
  code: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON; {} where it is none. */
  body: { [key: string]: unknown } & { message?: string; reason?: string; metadata?: Record<string, unknown>; items?: unknown[] };
}

/** Sends requests with one client's TLS options. */
export interface Rest {
  (method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  /** Opens a watch, and gives its events until `enough` is content or the server ends it. */
  watch(path: string, enough: (events: WatchLine[]) => boolean): Promise<WatchLine[]>;
}

/** A line of a watch. */
export interface WatchLine {
  type: string;
  object: {
    metadata: { name?: string; resourceVersion?: string; annotations?: Record<string, string> };
    code?: number;
    [key: string]: unknown;
  };
}

const LONGEST_MS = 10_000;

/** A client with these TLS options (`ca`, and `cert` and `key` or none). */
export function restClient(port: number, tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>): Rest {
  const base: RequestOptions = { host: '127.0.0.1', port, agent: false, timeout: LONGEST_MS, ...tls };
  const send: Omit<Rest, 'watch'> = (
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const payload = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      // Node frames the body of a DELETE only when its length is said.
      const framed = { ...headers, ...(payload ? { 'content-length': String(Buffer.byteLength(payload)) } : {}) };
      const sent = request({ ...base, method, path, headers: framed }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ code: response.statusCode ?? 0, headers: response.headers, text, body: asJson(text) });
        });
        response.once('error', reject);
      });
      sent.once('error', reject);
      sent.end(payload);
    });
  const watch: Rest['watch'] = (path, enough) =>
    new Promise((resolve, reject) => {
      const events: WatchLine[] = [];
      let rest = '';
      const sent = request({ ...base, method: 'GET', path }, (response) => {
        response.on('data', (chunk: Buffer) => {
          const lines = (rest + chunk.toString()).split('\n');
          rest = lines.pop() ?? '';
          events.push(...lines.map((line) => JSON.parse(line) as WatchLine));
          if (enough(events)) sent.destroy();
        });
        response.once('close', () => resolve(events));
        response.once('error', () => resolve(events));
      });
      sent.once('error', (error) => (events.length > 0 ? resolve(events) : reject(error)));
      sent.end();
    });
  return Object.assign(send, { watch }) as Rest;
}

function asJson(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return {};
  }
}
