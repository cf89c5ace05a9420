/** The session cookie, and whether a request may use it. */
import type { IncomingMessage } from 'node:http';
import { SESSION_LIMITS } from './auth.ts';

/** Peers whose X-Forwarded-* headers are believed: our own web process on this machine. */
const LOOPBACK = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

/** Reads the request's outside: who sent it, over what, with which session. `proxies` are further trusted peers. */
export function readRequest(request: IncomingMessage, proxies: readonly string[] = []) {
  const peer = request.socket.remoteAddress ?? '';
  const trusted = LOOPBACK.includes(peer) || proxies.includes(peer);
  const forwarded = (name: string) => (trusted ? lastOf(request.headers[name]) : undefined);
  return {
    address: forwarded('x-forwarded-for') ?? peer,
    secure: forwarded('x-forwarded-proto') === 'https',
    token: tokenOf(request.headers.cookie),
    foreign: isForeign(request),
  };
}

/** A Set-Cookie line. Over plain http (a first start on one's own machine) the `__Host-` prefix and Secure cannot be had. */
export function sessionCookie(token: string | null, secure: boolean): string {
  const name = secure ? '__Host-slipway' : 'slipway';
  const age = token === null ? 0 : Math.floor(SESSION_LIMITS.absoluteMs / 1000);
  return `${name}=${token ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? '; Secure' : ''}`;
}

function tokenOf(header: string | undefined): string | null {
  for (const name of ['__Host-slipway', 'slipway']) {
    const found = header?.split(';').find((part) => part.trim().startsWith(`${name}=`));
    const value = found?.trim().slice(name.length + 1);
    if (value) return value;
  }
  return null;
}

/**
 * Whether another site's page sent this. SameSite=Lax already keeps the cookie from most of those; this also stops other ports of the same
 * host. A client that is no browser sends neither header, and has no cookie that it could be tricked into using.
 */
function isForeign(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  const origin = request.headers.origin;
  if (origin === undefined) return false;
  const host = lastOf(request.headers['x-forwarded-host']) ?? request.headers.host;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function lastOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.at(-1) : header;
  return text?.split(',').at(-1)?.trim() || undefined;
}
