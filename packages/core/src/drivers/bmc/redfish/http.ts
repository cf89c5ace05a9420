/**
 * One HTTP exchange with a Redfish service: bounded in time and size, never led to another host, without authentication.
 * Sessions and retries by meaning are in client.ts.
 */
import { type Dispatcher, request } from 'undici';
import { connectionProblem, within } from '../../tunnel.ts';
import { BmcProtocolError, BmcUnreachable } from '../errors.ts';

/** Any Redfish resource: hostile JSON. Read it with the functions of resource.ts. */
export type Resource = { [name: string]: unknown };

/** An answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Resource;
}

/** What an exchange needs. */
export interface Exchange {
  base: URL;
  dispatcher: Dispatcher;
  timeoutSeconds: number;
  signal?: AbortSignal;
}

/** A full crawl resource of a large server is below 1 MiB; more is a mistake or an attack. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Sends a request and reads the answer. Throws BmcUnreachable or BmcProtocolError (not for HTTP statuses). */
export async function exchange(
  to: Exchange,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const url = linkTo(to.base, path);
  const send = () => once(to, method, url, headers, body);
  try {
    return await send();
  } catch (error) {
    // A kept connection that the BMC has closed meanwhile. All our requests set a state, so sending again is safe.
    if (!isStale(error)) throw problemOf(to, error);
  }
  try {
    return await send();
  } catch (error) {
    throw problemOf(to, error);
  }
}

/** The URL of a link. Redfish links are paths or URLs of the same service; anything else is refused, so that credentials stay with their BMC. */
export function linkTo(base: URL, link: string): URL {
  let url: URL;
  try {
    url = new URL(link, base);
  } catch {
    throw new BmcProtocolError(`${base.host} answered with a link that is not a URL`);
  }
  if (url.origin !== base.origin) {
    throw new BmcProtocolError(`${base.host} answered with a link to another host (${url.host}); it is not followed`);
  }
  return url;
}

async function once(
  to: Exchange,
  method: Dispatcher.HttpMethod,
  url: URL,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const limit = AbortSignal.timeout(to.timeoutSeconds * 1000);
  const signal = to.signal ? AbortSignal.any([to.signal, limit]) : limit;
  const asked = request(url, {
    dispatcher: to.dispatcher,
    method,
    headers: { accept: 'application/json', 'odata-version': '4.0', ...(body === undefined ? {} : JSON_BODY), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
  });
  const answer = await within(signal, asked);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new BmcProtocolError(`${url.host} sent more than ${MOST_BYTES} bytes for ${url.pathname}`);
    chunks.push(chunk);
  }
  return { status: answer.statusCode, headers: flat(answer.headers), body: parse(Buffer.concat(chunks), answer.statusCode, url) };
}

const JSON_BODY = { 'content-type': 'application/json' };

function parse(bytes: Buffer, status: number, url: URL): Resource {
  const text = bytes.toString('utf8').trim();
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as Resource;
  } catch {
    // Pages that come with errors and redirects are often HTML: the status alone tells then.
  }
  if (status >= 300) return {};
  throw new BmcProtocolError(
    `${url.host} sent something that is not a JSON object for ${url.pathname}: is this a Redfish service?`,
    true,
  );
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function isStale(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function problemOf(to: Exchange, error: unknown): Error {
  if (error instanceof BmcProtocolError) return error;
  return new BmcUnreachable(`BMC ${to.base.host}: ${connectionProblem(error, to.timeoutSeconds)}`, error);
}
