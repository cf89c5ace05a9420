/** Connections of drivers: straight or through a site's HTTP CONNECT proxy, with TLS inside the tunnel. */
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';

/** How to connect. */
export interface Route {
  /** HTTP CONNECT proxy; undefined = straight. */
  proxyURL?: string;
  /** false = any certificate. */
  verifyTls: boolean;
  /** PEM: trust exactly this certificate, whatever name or address it is for, or a certificate it has signed. */
  pinnedPem?: string;
  minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/**
 * Idle connections are kept this long: enough for the requests of one operation. BMCs have few connections and some
 * mishandle kept ones, so not longer; a request that meets a closed one is sent again (http.ts).
 */
const KEEP_ALIVE_MS = 1500;
const CONNECT_MS = 15_000;

const shared = new Map<string, Dispatcher>();
/** Sites have one proxy each; more than this many routes means that somebody makes them up. */
const MOST_SHARED = 256;

/** A dispatcher for undici, shared by all that take the same route; pinned ones are made anew: close them after use. */
export function dispatcherFor(route: Route): Dispatcher {
  if (route.pinnedPem) return makeDispatcher(route);
  const key = `${route.proxyURL ?? ''} ${route.verifyTls} ${route.minVersion ?? ''}`;
  const found = shared.get(key);
  if (found) return found;
  if (shared.size >= MOST_SHARED) shared.delete(shared.keys().next().value!);
  const made = makeDispatcher(route);
  shared.set(key, made);
  return made;
}

function makeDispatcher(route: Route): Dispatcher {
  const { proxyURL } = route;
  const connect = { ...tlsOptions(route), timeout: CONNECT_MS };
  const common = { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS, pipelining: 1 };
  if (!proxyURL) return new Agent({ ...common, connect });
  // A proxy that takes the connection and never answers CONNECT: undici would wait five minutes.
  const clientFactory = (origin: URL, options: object) => new Pool(origin, { ...options, headersTimeout: CONNECT_MS });
  return new ProxyAgent({ ...common, uri: proxyURL, proxyTunnel: true, requestTls: connect, clientFactory });
}

/** The outcome of a request, or the signal's reason. undici hears an abort only once the connection stands, which may be never. */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function tlsOptions(route: Route) {
  const minVersion = route.minVersion ?? 'TLSv1.2';
  // One context for all connections of a route: making one costs as much as a handshake.
  if (!route.pinnedPem) return { rejectUnauthorized: route.verifyTls, secureContext: tls.createSecureContext({ minVersion }) };
  const pinned = new X509Certificate(route.pinnedPem).fingerprint256;
  return {
    rejectUnauthorized: true,
    ca: route.pinnedPem,
    minVersion,
    checkServerIdentity: (host: string, certificate: tls.PeerCertificate) =>
      certificate.fingerprint256 === pinned ? undefined : tls.checkServerIdentity(host, certificate),
  };
}

/** Why a connection failed, in words; never contains a credential. */
export function connectionProblem(error: unknown, seconds: number): string {
  const problem = (error ?? {}) as { name?: string; code?: string; message?: string; cause?: unknown };
  if (problem.name === 'TimeoutError' || /_TIMEOUT$/.test(problem.code ?? '') || problem.code === 'ETIMEDOUT') {
    return `no answer within ${seconds} s`;
  }
  const proxy = /Proxy response \((\d+)\)/.exec(problem.message ?? '');
  if (proxy) return `the site's proxy could not connect to it (HTTP ${proxy[1]})`;
  if (problem.code === 'ECONNREFUSED') return 'connection refused';
  if (problem.code === 'EHOSTUNREACH' || problem.code === 'ENETUNREACH') return 'no route to host';
  if (problem.code === 'ENOTFOUND') return 'name not known';
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(problem.code ?? '')) return `its certificate is not trusted (${problem.code})`;
  if (problem.cause && problem.cause !== error) return connectionProblem(problem.cause, seconds);
  return problem.code ? `connection failed (${problem.code})` : 'connection failed';
}
