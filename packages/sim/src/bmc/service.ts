/** The Redfish service of a simulated BMC: authentication, verbs, and the refusals of its maker. */
import { randomBytes } from 'node:crypto';
import type http from 'node:http';
import { readJson, sendJson } from '../http-on-sockets.ts';
import type { SimServer } from '../server.ts';
import { resetSystem, setBoot } from './actions.ts';
import type { BmcState } from './bmc-state.ts';
import { ejectMedia, insertMedia } from './media.ts';
import { PERSONALITIES, type Personality } from './personality.ts';
import { Refusal, refusalBody } from './refusal.ts';
import { etagOf, pathsOf, resourceAt } from './resources.ts';

/** A BMC: its server and its memory. */
export interface SimBmc {
  server: SimServer;
  state: BmcState;
}

/** Simulated seconds that a BMC thinks about a request. */
const LATENCY = 0.3;
/** Session slots; a client that leaks sessions finds itself locked out, as in life. */
const MOST_SESSIONS = 16;
/** An idle session ends after this many simulated seconds, but not before this many real ms. */
const SESSION_SECONDS = 1800;
const LEAST_SESSION_MS = 60_000;
const SESSIONS = '/redfish/v1/SessionService/Sessions';

/** Answers one request to a BMC. */
export async function serveBmc(bmc: SimBmc, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { server } = bmc;
  if (server.faults.has('bmc-hangs')) return;
  const personality = PERSONALITIES[server.spec.vendor];
  try {
    const body = await readJson(request, 1024 * 1024);
    await server.around.clock.sleep(LATENCY);
    const answer = await answerTo(bmc, personality, request, body);
    sendJson(response, answer.status, answer.body, { 'odata-version': '4.0', ...answer.headers });
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error : new Refusal(400, 'Base.1.16.MalformedJSON', 'The request body is not valid.');
    sendJson(response, refusal.status, refusalBody(refusal, personality));
  }
}

/** What a verb answers. */
export interface VerbAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Json = Record<string, unknown>;

async function answerTo(bmc: SimBmc, personality: Personality, request: http.IncomingMessage, body: Json): Promise<VerbAnswer> {
  const path = decodeURIComponent((request.url ?? '/').split('?')[0]!).replace(/(.)\/$/, '$1');
  const method = request.method ?? 'GET';
  if (method === 'POST' && path === SESSIONS) return openSession(bmc, body);
  if (path !== '/redfish/v1') authenticate(bmc, request);
  switch (method) {
    case 'GET':
      return read(bmc, personality, path);
    case 'POST':
      return act(bmc, personality, request, path, body);
    case 'PATCH':
      return patch(bmc, personality, request, path, body);
    case 'DELETE':
      return closeSession(bmc, path);
    default:
      throw new Refusal(405, 'Base.1.16.OperationNotAllowed', 'The HTTP method is not allowed on this resource.');
  }
}

function openSession({ server, state }: SimBmc, body: Json): VerbAnswer {
  if (!knows(server, body.UserName, body.Password)) throw unauthorized(server, true);
  expireSessions(server, state);
  if (state.sessions.size >= MOST_SESSIONS) {
    throw new Refusal(
      503,
      'Base.1.16.SessionLimitExceeded',
      'The session could not be opened: the number of sessions is exceeded.',
    );
  }
  const token = randomBytes(16).toString('hex');
  const id = String(state.nextId++);
  state.sessions.set(token, { id, usedAt: Date.now() });
  const location = `${SESSIONS}/${id}`;
  return {
    status: 201,
    body: { '@odata.id': location, Id: id, UserName: body.UserName },
    headers: { 'x-auth-token': token, location },
  };
}

function expireSessions(server: SimServer, state: BmcState): void {
  const { speed } = server.around.clock;
  const idle = Number.isFinite(speed) ? Math.max(LEAST_SESSION_MS, (SESSION_SECONDS * 1000) / speed) : LEAST_SESSION_MS;
  for (const [token, session] of state.sessions) if (Date.now() - session.usedAt > idle) state.sessions.delete(token);
}

function closeSession({ state }: SimBmc, path: string): VerbAnswer {
  const found = [...state.sessions].find(([, session]) => path === `${SESSIONS}/${session.id}`);
  if (!found) throw notFound(path);
  state.sessions.delete(found[0]);
  return { status: 204 };
}

function authenticate({ server, state }: SimBmc, request: http.IncomingMessage): void {
  const token = request.headers['x-auth-token'];
  expireSessions(server, state);
  const session = typeof token === 'string' && !server.faults.has('wrong-credentials') ? state.sessions.get(token) : undefined;
  if (session) {
    session.usedAt = Date.now();
    return;
  }
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '');
  const [user, ...rest] = basic ? Buffer.from(basic[1]!, 'base64').toString('utf8').split(':') : [];
  if (basic && knows(server, user, rest.join(':'))) return;
  throw unauthorized(server, false);
}

function knows(server: SimServer, user: unknown, password: unknown): boolean {
  return !server.faults.has('wrong-credentials') && user === server.spec.username && password === server.spec.password;
}

/** iLO answers a wrong login with 400. */
function unauthorized(server: SimServer, atLogin: boolean): Refusal {
  if (atLogin && server.spec.vendor === 'hpe')
    return new Refusal(400, 'iLO.2.24.UnauthorizedLoginAttempt', 'The login attempt was unauthorized.');
  return new Refusal(401, 'Base.1.16.NoValidSession', 'There is no valid session established with the implementation.');
}

function read({ server, state }: SimBmc, personality: Personality, path: string): VerbAnswer {
  if (state.openTasks.delete(path)) return { status: 202, headers: { location: path, 'retry-after': '0' } };
  const resource = resourceAt(server, state, personality, path);
  if (!resource) throw notFound(path);
  return { status: 200, body: resource, headers: personality.strictEtags ? { etag: etagOf(resource) } : {} };
}

async function act(
  bmc: SimBmc,
  personality: Personality,
  request: http.IncomingMessage,
  path: string,
  body: Json,
): Promise<VerbAnswer> {
  const { system, media } = pathsOf(personality);
  if (path === `${system}/Actions/ComputerSystem.Reset`) return resetSystem(bmc.server, personality, body);
  const action = /^(.+)\/([^/]+)\/Actions\/VirtualMedia\.(InsertMedia|EjectMedia)$/.exec(path);
  if (action && action[1] === media) {
    const slot = personality.slots.find((each) => each.id === action[2]);
    if (!slot?.types.includes('CD'))
      throw new Refusal(400, 'Base.1.16.ActionNotSupported', 'The action is not supported by this resource.');
    if (action[3] === 'InsertMedia') return insertMedia(bmc, personality, body);
    return ejectMedia(
      bmc,
      personality,
      request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0',
    );
  }
  throw notFound(path);
}

function patch(bmc: SimBmc, personality: Personality, request: http.IncomingMessage, path: string, body: Json): VerbAnswer {
  const resource = resourceAt(bmc.server, bmc.state, personality, path);
  if (!resource) throw notFound(path);
  const match = request.headers['if-match'];
  if (personality.strictEtags && match !== undefined && match !== etagOf(resource).replace(/^W\//, '')) {
    throw new Refusal(
      412,
      'Base.1.16.PreconditionFailed',
      'The ETag supplied did not match the ETag required to change this resource.',
    );
  }
  if (path !== pathsOf(personality).system)
    throw new Refusal(405, 'Base.1.16.OperationNotAllowed', 'The resource cannot be changed.');
  return setBoot(bmc.server, personality, (body.Boot ?? {}) as Json);
}

function notFound(path: string): Refusal {
  return new Refusal(404, 'Base.1.16.ResourceMissingAtURI', `The resource at the URI ${path} was not found.`);
}
