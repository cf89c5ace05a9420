/** What every procedure gets: the ports, and who is asking. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from '@slipway/core/store/store.ts';
import type { Auth, Person } from '../auth/auth.ts';
import { readRequest } from '../auth/cookie.ts';
import type { ObjectPorts } from './objects.ts';

/** What the composition root hands in. */
export interface Ports extends ObjectPorts {
  store: Store;
  auth: Auth;
  /** Further peers whose X-Forwarded headers are believed (the web process on another machine). */
  trustedProxies?: readonly string[];
}

/** A procedure's `ctx`. */
export interface Context extends Omit<Ports, 'trustedProxies'> {
  person: Person | null;
  token: string | null;
  address: string;
  secure: boolean;
  setCookie: (line: string) => void;
}

/** Reads one request. A request from another site's page has nobody logged in, whatever cookie it carries. */
export async function createContext(ports: Ports, request: IncomingMessage, response: ServerResponse): Promise<Context> {
  const { address, secure, token, foreign } = readRequest(request, ports.trustedProxies);
  const used = foreign ? null : token;
  return {
    store: ports.store,
    registry: ports.registry,
    pipeline: ports.pipeline,
    auth: ports.auth,
    person: used ? await ports.auth.person(used) : null,
    token: used,
    address,
    secure,
    setCookie: (line) => response.appendHeader('set-cookie', line),
  };
}
