/** Request bodies: a size limit, JSON, YAML or (built-in kinds) protobuf, and a clear word on what is not read. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@slipway/core/errors.ts';
import { MAX_DEPTH } from '@slipway/core/registry/parse.ts';
import { parse } from 'yaml';
import { decodeProtobuf } from './protobuf.ts';

/** Most bytes of a body (apiserver's MaxRequestBodyBytes). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** A body that is too large is read on to this size and thrown away: a client hears of the refusal only when it has sent its say. */
const MOST_DISCARDED_BYTES = 8 * MAX_BODY_BYTES;

/** The media type of a request's body, in lower case and without parameters. JSON where nothing is said, as in Kubernetes. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase();
}

/** Reads a body as a value; undefined where there is none. Throws `badRequest`, `tooLarge`, `unsupportedMediaType`. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const type = mediaType(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  const value = decode(type, bytes);
  refuseDepth(value, 0);
  return value;
}

function decode(type: string, bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  switch (type) {
    case 'application/json':
    case 'application/json-patch+json':
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
      return parseJson(text);
    case 'application/yaml':
    case 'application/apply-patch+yaml':
      return parseYaml(text);
    case 'application/vnd.kubernetes.protobuf':
      return decodeProtobuf(bytes);
    default:
      throw new AppError(
        'unsupportedMediaType',
        `the body of the request was in an unknown format (${type}) - accepted media types include: application/json, application/yaml`,
      );
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not destroy the connection: the refusal goes back on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (size > MOST_DISCARDED_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) throw new AppError('tooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
  return Buffer.concat(chunks);
}

/** Nothing that follows shall run out of stack on a body that only nests. */
function refuseDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new AppError('badRequest', `the body nests deeper than ${MAX_DEPTH} levels`);
  for (const item of Object.values(value)) refuseDepth(item, depth + 1);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('badRequest', 'the object provided is unrecognized (must be of JSON): the body is no valid JSON');
  }
}

function parseYaml(text: string): unknown {
  // kubectl and Go clients call JSON YAML when they apply; reading it as YAML would take a hundred times as long.
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      // A flow mapping of YAML, then.
    }
  }
  try {
    // Few aliases: a small document must not unfold into a huge one.
    return parse(text, { maxAliasCount: 20, schema: 'core', logLevel: 'error' });
  } catch {
    throw new AppError('badRequest', 'error decoding YAML: the body is no valid YAML document');
  }
}
