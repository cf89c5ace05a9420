/** The Kubernetes API over HTTPS: authenticate → route → authorize → handler. Every limit of the server is here. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError } from '@slipway/core/errors.ts';
import { createPipeline } from '@slipway/core/registry/pipeline.ts';
import type { Registry } from '@slipway/core/registry/registry.ts';
import { deprecationWarning } from '@slipway/core/registry/stored.ts';
import type { Store } from '@slipway/core/store/store.ts';
import type { Log } from '../log.ts';
import { type AuthenticateToken, authenticate } from './authenticate.ts';
import { authorize, authorizePath, forbiddenText } from './authorize.ts';
import type { Call, Deps, ResourceCall } from './call.ts';
import { sendError } from './respond.ts';
import { addressOf, PATH_ROUTES, type PathRoute, type ResourceRoute, routeOf } from './routes.ts';

/** Everything a request may take: receiving it, and answering it unless it streams (apiserver's RequestTimeout is 60 s). */
const REQUEST_MS = 60_000;
const HEADERS_MS = 20_000;
const MAX_HEADER_BYTES = 32 * 1024;
/** Longer than Go's idle connections live (90 s), so that the client and not the server hangs up. */
const KEEP_ALIVE_MS = 120_000;
/** Connections of people and their tools; a fleet's clients need some hundreds. */
const MAX_CONNECTIONS = 5_000;

/** What the server is started with. */
export interface KubeApiOptions {
  store: Store;
  registry: Registry;
  /** 0 = any free port. */
  port: number;
  host: string;
  tls: { ca: string; cert: string; key: string };
  authenticateToken?: AuthenticateToken;
  log: Log;
}

/** Starts the server. Rejects when the port is taken. */
export async function startKubeApi(options: KubeApiOptions): Promise<{ port: number; close: () => Promise<void> }> {
  const { store, registry, log, tls } = options;
  const stop = new AbortController();
  const deps: Deps = { store, registry, pipeline: createPipeline({ store, registry }), log, stopping: stop.signal };
  const server = createServer(
    {
      ...{ ca: tls.ca, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' },
      // Who has no certificate may still have a token; who has a bad one is nobody.
      ...{ requestCert: true, rejectUnauthorized: false },
      ...{
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
    },
    (request, response) => void serve(deps, options.authenticateToken, request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      stop.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 1_000).unref();
      await closed;
    },
  };
}

async function serve(
  deps: Deps,
  authenticateToken: AuthenticateToken | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call: Call = {
    ...{ request, response, deps, warnings: [] },
    url: new URL('https://localhost'),
    user: { name: 'system:anonymous', groups: ['system:unauthenticated'] },
  };
  try {
    call.url = urlOf(request);
    const pathRoute = PATH_ROUTES.find((route) => route.path.test(call.url.pathname));
    if (pathRoute) await servePath(call, pathRoute, authenticateToken);
    else await serveResource(call, authenticateToken);
  } catch (error) {
    fail(call, error);
  }
}

async function servePath(call: Call, route: PathRoute, authenticateToken: AuthenticateToken | undefined): Promise<void> {
  if (route.permission !== 'anonymous') {
    call.user = await known(call.request, authenticateToken);
    if (!authorizePath(call.user)) {
      throw new AppError('forbidden', `forbidden: User "${call.user.name}" cannot get path "${call.url.pathname}"`);
    }
  }
  if (call.request.method !== route.method) throw methodNotAllowed(call.request);
  await inTime(route.handle(call));
}

async function serveResource(call: Call, authenticateToken: AuthenticateToken | undefined): Promise<void> {
  call.user = await known(call.request, authenticateToken);
  const found = resolve(call);
  if (!found) throw new AppError('notFound', 'the server could not find the requested resource');
  const { route, on } = found;
  const { kind, namespace, name } = on;
  const subresource = route.at === 'status' || route.at === 'scale' ? `/${route.at}` : '';
  const attributes = {
    verb: route.permission.verb,
    group: kind.group,
    resource: `${kind.plural}${subresource}`,
    namespace,
    name,
  };
  if (!authorize(call.user, attributes)) {
    throw new AppError('forbidden', forbiddenText(call.user, attributes), {
      subject: { group: kind.group, kind: kind.plural, name },
    });
  }
  const deprecated = deprecationWarning(kind, on.version);
  if (deprecated) call.warnings.push(deprecated);
  await (route.streams ? route.handle(on) : inTime(route.handle(on)));
}

function resolve(call: Call): { route: ResourceRoute; on: ResourceCall } | undefined {
  const address = addressOf(call.url.pathname);
  const kind = address && call.deps.registry.byResource(address.group, address.version, address.resource);
  if (!address || !kind) return undefined;
  const isWatch = ['true', '1'].includes(call.url.searchParams.get('watch') ?? '');
  const route = routeOf(kind, address, call.request.method ?? '', isWatch);
  if (!route) return undefined;
  if (route === 'method') throw methodNotAllowed(call.request);
  const { version, namespace, name } = address;
  // The same call, not a copy: warnings gathered on the way must reach an error's answer, too.
  return { route, on: Object.assign(call, { kind, version, namespace, name }) };
}

async function known(request: IncomingMessage, authenticateToken: AuthenticateToken | undefined) {
  const user = await authenticate(request, authenticateToken);
  if (!user) throw new AppError('unauthorized', 'Unauthorized');
  return user;
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'https://localhost');
  } catch {
    throw new AppError('badRequest', 'the address of the request cannot be read');
  }
}

function methodNotAllowed({ method }: IncomingMessage): AppError {
  return new AppError('methodNotAllowed', `the server does not allow this method on the requested resource (${method})`);
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new AppError('timeout', 'Timeout: request did not complete within the allotted timeout');
    timer = setTimeout(() => reject(error), REQUEST_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function fail(call: Call, error: unknown): void {
  const { request, response, deps, url } = call;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (!(error instanceof AppError)) deps.log('error', 'a request failed', { method: request.method, path: url.pathname, error });
  // What is left of a body that is not read would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  sendError(call, error);
}
