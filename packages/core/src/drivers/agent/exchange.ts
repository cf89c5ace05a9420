/** Reading requests and sending answers of the machine listener, bounded. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { IsoPlan } from '../boot/iso9660.ts';

/** A request that is refused; the message is for the agent's log. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const BODY_SECONDS = 30;

/** The body as a JSON object. Throws Refused on more than `most` bytes, more than 30 s, or anything but an object. */
export async function bodyOf(request: IncomingMessage, most: number): Promise<Record<string, unknown>> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw new Refused(413, `the body is larger than ${most} bytes`);
  const late = setTimeout(() => request.destroy(), BODY_SECONDS * 1000);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) throw new Refused(413, `the body is larger than ${most} bytes`);
      chunks.push(chunk);
    }
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Refused) throw error;
  } finally {
    clearTimeout(late);
  }
  throw new Refused(400, 'the body must be a JSON object');
}

/** The promise's value, or Refused(503) after that many seconds. */
export async function within<Value>(seconds: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refused(503, 'not available now')), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Answers with JSON, or with nothing. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string>): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, 'content-length': String(Buffer.byteLength(text)), ...headers });
  response.end(text);
}

/** Streams an image, whole or the one range asked for. BMCs read in thousands of small ranges. */
export async function sendStream(request: IncomingMessage, response: ServerResponse, plan: IsoPlan, etag: string): Promise<void> {
  const common = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag };
  const range = rangeOf(request, plan.size, etag);
  if (range === 'unsatisfiable')
    return void response.writeHead(416, { ...common, 'content-range': `bytes */${plan.size}` }).end();
  const [start, end] = range ?? [0, plan.size];
  const partial = range ? { 'content-range': `bytes ${start}-${end - 1}/${plan.size}` } : {};
  response.writeHead(range ? 206 : 200, { ...common, ...partial, 'content-length': String(end - start) });
  if (request.method === 'HEAD') return void response.end();
  await pipeline(Readable.from(plan.read(start, end), { objectMode: false, highWaterMark: 65536 }), response);
}

/** Start and exclusive end of the range asked for; undefined = all of it (none, several, or of another version). */
function rangeOf(request: IncomingMessage, size: number, etag: string): [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  const [, first = '', last = ''] = match ?? [];
  const condition = request.headers['if-range'];
  if (!match || (first === '' && last === '') || (condition !== undefined && condition !== etag)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start >= size || start >= end ? 'unsatisfiable' : [start, end];
}
