/** Requests to a Redfish service with login, bounded retries, ETags and task monitors. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dispatcherFor } from '../../tunnel.ts';
import type { BmcAccess } from '../bmc.ts';
import { BmcBusy, BmcTimeout, BmcUnreachable } from '../errors.ts';
import { type Answer, type Exchange, exchange, type Resource } from './http.ts';
import { RedfishRefused, textAt } from './resource.ts';
import { authFailed, forgetSession, type Known, type Session, sessionOf } from './sessions.ts';

/** A logged-in client of one service. All throw the errors of ../errors.ts; refusals are RedfishRefused. */
export interface RedfishClient {
  readonly host: string;
  get(path: string): Promise<Resource>;
  /** Posts and waits for the task, if the service makes one. */
  post(path: string, body: unknown): Promise<Resource>;
  /** Patches, with If-Match if the resource has an ETag. */
  patch(path: string, body: unknown): Promise<void>;
  /** Paths learnt; kept with the login. */
  known(): Promise<Known>;
}

/** 5xx answers are tried again this often: services restart, iDRAC says SYS518 for a while. */
const TRIES = 4;
const RETRY_MS = [300, 1000, 3000];
/** A task monitor is polled this long; inserting media may fetch a large image first. */
const TASK_SECONDS = 60;

/** Makes a client; sends nothing. */
export function redfishClient(base: URL, access: BmcAccess): RedfishClient {
  const { proxyURL, verifyTls, timeoutSeconds, signal, username, password } = access;
  const to: Exchange = {
    base,
    dispatcher: dispatcherFor({ proxyURL, verifyTls }),
    timeoutSeconds,
    ...(signal ? { signal } : {}),
  };
  const route = `${proxyURL ?? ''} ${verifyTls}`;
  const login = () => sessionOf(to, route, username, password);

  const send = async (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    for (let again = false; ; again = true) {
      const session: Session = await login();
      const answer = await exchange(to, method, path, { ...headers, ...session.headers }, body);
      if (answer.status !== 401) return answer;
      forgetSession(to, route, username, session);
      // A second try with the same Basic credentials would only bring the account nearer to its lock.
      if (again || session.basic) throw authFailed(to, username, answer);
    }
  };

  /** Sends until the service stops failing or the tries are used up. */
  const settled = async (method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => {
    for (let tried = 1; ; tried++) {
      const answer = await redirected(send, method, path, body, headers);
      if (answer.status < 300) return answer.status === 202 ? finished(to, send, answer) : answer;
      const refused = new RedfishRefused(base.host, `${method} ${path}`, answer.status, answer.body);
      if (answer.status < 500 || answer.status === 501 || tried >= TRIES)
        throw answer.status === 503 ? new BmcBusy(refused.message) : refused;
      await pause(to, Math.min(RETRY_MS[tried - 1]!, timeoutSeconds * 1000));
    }
  };

  return {
    host: base.host,
    known: async () => (await login()).known,
    get: async (path) => (await settled('GET', path)).body,
    post: async (path, body) => (await settled('POST', path, body)).body,
    patch: async (path, body) => {
      const current = await settled('GET', path);
      const etag = current.headers.etag || textAt(current.body, '@odata.etag');
      for (const match of etagsToTry(etag)) {
        try {
          return void (await settled('PATCH', path, body, match ? { 'if-match': match } : {}));
        } catch (error) {
          if (!(error instanceof RedfishRefused && error.status === 412 && match)) throw error;
        }
      }
    },
  };
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Send = (method: Method, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** As given, then without the weak prefix (X11/X12 compare strongly what they call weak), then without If-Match. */
function etagsToTry(etag: string): string[] {
  if (!etag) return [''];
  const strong = etag.replace(/^W\//, '');
  return [...new Set([etag, strong, ''])];
}

/**
 * Follows redirects of the same service (a system named by alias), three at most. What changes something follows those alone that
 * promise to keep method and body (307, 308); any other is no success and comes back as it is.
 */
async function redirected(
  send: Send,
  method: Method,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Answer> {
  let answer = await send(method, path, body, headers);
  for (let hops = 0; hops < 3 && answer.status >= 300 && answer.status < 400; hops++) {
    const { location } = answer.headers;
    if (!location || (method !== 'GET' && answer.status !== 307 && answer.status !== 308)) return answer;
    answer = await send(method, location, body, headers);
  }
  return answer;
}

/** Polls the task monitor of a 202 until the task ends. A 202 without a monitor counts as done. */
async function finished(to: Exchange, send: Send, accepted: Answer): Promise<Answer> {
  const monitor = accepted.headers.location ?? textAt(accepted.body, '@odata.id');
  if (!monitor) return accepted;
  const until = Date.now() + TASK_SECONDS * 1000;
  for (let answer = accepted; ; ) {
    const wait = Number(answer.headers['retry-after']) || 0.5;
    if (Date.now() + wait * 1000 > until)
      throw new BmcTimeout(`BMC ${to.base.host}: task ${monitor} did not end within ${TASK_SECONDS} s`);
    await pause(to, Math.min(wait, 10) * 1000);
    answer = await send('GET', monitor);
    const state = textAt(answer.body, 'TaskState');
    if (answer.status === 404) return accepted;
    if (answer.status >= 400 || FAILED.has(state))
      throw new RedfishRefused(to.base.host, `task ${monitor}`, answer.status, taskError(answer.body));
    if (answer.status !== 202 && !RUNNING.has(state)) return answer;
  }
}

const RUNNING = new Set(['New', 'Starting', 'Running', 'Pending', 'Stopping']);
const FAILED = new Set(['Exception', 'Killed', 'Cancelled']);

/** A failed task tells in Messages what an error tells in ExtendedInfo. */
function taskError(body: Resource): Resource {
  return 'error' in body ? body : { error: { '@Message.ExtendedInfo': body.Messages } };
}

async function pause(to: Exchange, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, to.signal ? { signal: to.signal } : {}).catch((cause) => {
    throw new BmcUnreachable(`BMC ${to.base.host}: given up while waiting`, cause);
  });
}
