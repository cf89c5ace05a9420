/**
 * A small client of a workload cluster's Kubernetes API, through the site's HTTP CONNECT proxy where there is one. Own, not
 * @kubernetes/client-node: a dozen calls, one connection pool per cluster, and errors that tell "not reached" from "refused".
 */
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { within } from '../tunnel.ts';
import type { WorkloadAccess } from './access.ts';
import { answerError, connectionError, WorkloadError } from './errors.ts';

/** One request's limit; a healthy API server answers in milliseconds. */
const REQUEST_SECONDS = 15;
const CONNECT_MS = 10_000;
/** Connections are kept over one node poll (limits.nodePollSeconds), so that polling needs no handshakes. */
const KEEP_ALIVE_MS = 30_000;
const PAGE = 500;
/** 10,000 objects; a cluster with more of one kind needs another way of looking. */
const MOST_PAGES = 20;
const MOST_BYTES = 32 * 1024 * 1024;

/** Any object of the API. */
export interface WorkloadObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** Patches by their content type. */
export const PATCH = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** A client. All methods throw WorkloadError. */
export interface WorkloadClient {
  readonly access: WorkloadAccess;
  /** Also carries WebSockets. */
  readonly dispatcher: Dispatcher;
  get<T>(path: string): Promise<T>;
  /** All pages. */
  list<T>(path: string, query?: Record<string, string>): Promise<T[]>;
  create(path: string, body: unknown): Promise<void>;
  patch(path: string, type: keyof typeof PATCH, body: unknown, query?: Record<string, string>): Promise<void>;
  /** A missing object is fine. */
  remove(path: string): Promise<void>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** Opens a client; nothing is sent before the first call. */
export function openWorkload(access: WorkloadAccess): WorkloadClient {
  const dispatcher = dispatcherOf(access);
  const call = async (method: Dispatcher.HttpMethod, path: string, more: Call = {}) => {
    try {
      return await send(access, dispatcher, method, path, more);
    } catch (error) {
      // A kept connection that was closed meanwhile, as when the endpoint has moved to another node. Only what may be repeated is.
      if (method === 'POST' || !wasClosed(error)) throw asWorkloadError(access, method, path, error);
      return await send(access, dispatcher, method, path, more).catch((again: unknown) => {
        throw asWorkloadError(access, method, path, again);
      });
    }
  };
  return {
    access,
    dispatcher,
    get: <T>(path: string) => call('GET', path) as Promise<T>,
    async list<T>(path: string, query: Record<string, string> = {}) {
      const items: T[] = [];
      let from: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const more = { limit: String(PAGE), ...(from ? { continue: from } : {}) };
        const body = (await call('GET', path, { query: { ...query, ...more } })) as {
          items?: T[];
          metadata?: { continue?: string };
        };
        if (!Array.isArray(body.items)) throw new WorkloadError('protocol', `GET ${path}: the answer is not a list`);
        items.push(...body.items);
        from = body.metadata?.continue || undefined;
        if (!from) return items;
      }
      throw new WorkloadError('protocol', `GET ${path}: more than ${PAGE * MOST_PAGES} objects`);
    },
    create: async (path, body) => void (await call('POST', path, { body, type: 'application/json' })),
    patch: async (path, type, body, query) =>
      void (await call('PATCH', path, { body, type: PATCH[type], ...(query ? { query } : {}) })),
    async remove(path) {
      await call('DELETE', path).catch((error: unknown) => {
        if (!(error instanceof WorkloadError && error.code === 'notFound')) throw error;
      });
    },
    close: () => dispatcher.destroy(),
  };
}

interface Call {
  body?: unknown;
  type?: string;
  query?: Record<string, string>;
}

async function send(access: WorkloadAccess, dispatcher: Dispatcher, method: Dispatcher.HttpMethod, path: string, more: Call) {
  const { body, type, query } = more;
  const what = describe(access, method, path);
  const signal = AbortSignal.timeout(REQUEST_SECONDS * 1000);
  const asked = request(`${access.server}${path}`, {
    method,
    dispatcher,
    query,
    headers: { accept: 'application/json', ...(type ? { 'content-type': type } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  });
  const answer = await within(signal, asked);
  const text = await readText(what, answer);
  if (answer.statusCode >= 400) throw answerError(what, answer.statusCode, messageOf(text));
  return text === '' ? {} : parseJson(what, text);
}

function wasClosed(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string };
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET';
}

function asWorkloadError(access: WorkloadAccess, method: string, path: string, error: unknown): WorkloadError {
  return connectionError(describe(access, method, path), error, REQUEST_SECONDS);
}

function describe(access: WorkloadAccess, method: string, path: string): string {
  return `${method} ${path} of ${access.server}`;
}

async function readText(what: string, answer: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new WorkloadError('protocol', `${what}: the answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WorkloadError('protocol', `${what}: the answer is not JSON`);
  }
}

/** The message of a Status, shortened: what a cluster says is text of others. */
function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? '').slice(0, 300);
  } catch {
    return '';
  }
}

function dispatcherOf({ ca, certificate, key, proxyURL }: WorkloadAccess): Dispatcher {
  const connect = { ca, cert: certificate, key, timeout: CONNECT_MS };
  const common = { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS, connections: 8 };
  if (!proxyURL) return new Agent({ ...common, connect });
  return new ProxyAgent({ ...common, uri: proxyURL, proxyTunnel: true, requestTls: connect });
}
