/**
 * Logins, one per BMC and user, kept between handles: BMCs have 4 to 16 session slots and a login costs them a second. Beside the
 * login stands what was learnt of the service's paths, so that a power poll is one request.
 */
import { createHash } from 'node:crypto';
import { BmcAuthFailed, BmcBusy } from '../errors.ts';
import { type Answer, type Exchange, exchange } from './http.ts';
import { extendedError, linkAt, RedfishRefused } from './resource.ts';

/** Paths learnt of a service. */
export interface Known {
  system?: string;
  manager?: string;
  media?: string;
}

/** A login. */
export interface Session {
  /** Headers that authenticate. */
  headers: Record<string, string>;
  /** Basic authentication: nothing that could expire, so a refusal is about the credentials. */
  basic: boolean;
  known: Known;
  /** Ends the session at the BMC; never throws. */
  end(): Promise<void>;
}

interface Kept {
  secret: string;
  session: Promise<Session>;
  /** The same, once it is there. */
  current?: Session;
}

const kept = new Map<string, Kept>();
/** More BMCs than one worker looks after; the one used longest ago goes first. */
const MOST_KEPT = 4000;

/** The login to a BMC, made if there is none. Throws BmcAuthFailed, BmcUnreachable, BmcProtocolError. */
export function sessionOf(to: Exchange, route: string, username: string, password: string): Promise<Session> {
  const key = keyOf(to, route, username);
  const secret = createHash('sha256').update(password).digest('base64');
  const found = kept.get(key);
  kept.delete(key);
  if (found && found.secret === secret) {
    kept.set(key, found);
    return found.session;
  }
  if (found) void end(found);
  const session = login(to, username, password);
  const entry: Kept = { secret, session };
  kept.set(key, entry);
  session.then(
    (current) => {
      entry.current = current;
    },
    () => {
      if (kept.get(key) === entry) kept.delete(key);
    },
  );
  if (kept.size > MOST_KEPT) {
    const [oldest, entry] = kept.entries().next().value!;
    kept.delete(oldest);
    void end(entry);
  }
  return session;
}

/** Forgets a login that the BMC no longer knows. */
export function forgetSession(to: Exchange, route: string, username: string, stale: Session): void {
  const key = keyOf(to, route, username);
  if (kept.get(key)?.current === stale) kept.delete(key);
}

/** Logs out of all BMCs, as a worker does before it ends. Takes at most `seconds`. */
export async function closeBmcSessions(seconds = 5): Promise<void> {
  const all = [...kept.values()];
  kept.clear();
  const limit = new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000).unref());
  await Promise.race([Promise.all(all.map(end)), limit]);
}

async function end(entry: Kept): Promise<void> {
  await entry.session.then((session) => session.end()).catch(() => undefined);
}

function keyOf(to: Exchange, route: string, username: string): string {
  return `${to.base.origin} ${route} ${username}`;
}

/** POST to SessionService; a service without one, or without a free slot, gets Basic authentication. */
async function login(to: Exchange, username: string, password: string): Promise<Session> {
  const answer = await exchange(
    to,
    'POST',
    '/redfish/v1/SessionService/Sessions',
    {},
    { UserName: username, Password: password },
  );
  const token = answer.headers['x-auth-token'];
  if (answer.status < 300 && token) {
    const headers = { 'x-auth-token': token };
    const location = answer.headers.location ?? String(answer.body['@odata.id'] ?? '');
    return { headers, basic: false, known: {}, end: () => logout({ ...to, signal: undefined }, headers, location) };
  }
  if (isRefusal(answer) && (await hasSessions(to))) throw authFailed(to, username, answer);
  // All slots taken, perhaps by our own earlier selves that were killed: Basic needs none.
  const full = extendedError(answer.body).ids.some((id) => id.includes('SessionLimitExceeded'));
  if (!full && (answer.status === 503 || answer.status === 429)) {
    throw new BmcBusy(`BMC ${to.base.host} takes no logins now (HTTP ${answer.status})`);
  }
  if (!full && answer.status >= 500 && answer.status !== 501)
    throw new RedfishRefused(to.base.host, 'login', answer.status, answer.body);
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { headers: { authorization: `Basic ${basic}` }, basic: true, known: {}, end: async () => undefined };
}

/**
 * Whether the service has logins at all. A service with Basic authentication alone may answer 401 to the login, as to anything
 * without credentials (sushy-tools 2.2.0). The service root is readable without credentials (DSP0266 13.2) and tells.
 */
async function hasSessions(to: Exchange): Promise<boolean> {
  const { status, body } = await exchange(to, 'GET', '/redfish/v1/', {});
  const shows = linkAt(body, 'SessionService') || linkAt(body, 'Links', 'Sessions');
  return status !== 200 || !linkAt(body, 'Systems') || Boolean(shows);
}

async function logout(to: Exchange, headers: Record<string, string>, location: string): Promise<void> {
  if (!location) return;
  await exchange({ ...to, timeoutSeconds: Math.min(to.timeoutSeconds, 5) }, 'DELETE', location, headers).catch(() => undefined);
}

/** iLO answers 400 with UnauthorizedLoginAttempt where others say 401. */
function isRefusal(answer: Answer): boolean {
  return (
    answer.status === 401 ||
    answer.status === 403 ||
    extendedError(answer.body).ids.some((id) => id.includes('UnauthorizedLogin'))
  );
}

/** The error for credentials that the BMC does not take, with its own words. */
export function authFailed(to: Exchange, username: string, answer: Answer): BmcAuthFailed {
  const { text } = extendedError(answer.body);
  return new BmcAuthFailed(
    `BMC ${to.base.host} refused the credentials of user ${username} (HTTP ${answer.status})${text ? `: ${text}` : ''}`,
  );
}
