/**
 * Kubernetes' protobuf bodies for the built-in kinds: `kubectl create namespace|secret|configmap` and Go clients of built-in kinds send
 * them whatever the server offers. Read only; answers are JSON. Field numbers are those of k8s.io/api/core/v1 and apimachinery meta/v1.
 */
import { AppError } from '@slipway/core/errors.ts';

type Scalar = 'string' | 'integer' | 'boolean' | 'bytes' | 'time';
type Type = Scalar | { map: 'string' | 'bytes' } | { list: 'string' | Message } | { message: Message };
/** A message: by field number its name in JSON and its type. */
type Message = { [number: number]: [name: string, type: Type] };

const OWNER: Message = {
  1: ['kind', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
  5: ['apiVersion', 'string'],
  6: ['controller', 'boolean'],
  7: ['blockOwnerDeletion', 'boolean'],
};

/** What a client may set; the server's own fields are skipped. */
const META: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  5: ['uid', 'string'],
  6: ['resourceVersion', 'string'],
  11: ['labels', { map: 'string' }],
  12: ['annotations', { map: 'string' }],
  13: ['ownerReferences', { list: OWNER }],
  14: ['finalizers', { list: 'string' }],
};

const REFERENCE: Message = {
  1: ['kind', 'string'],
  2: ['namespace', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
  5: ['apiVersion', 'string'],
  6: ['resourceVersion', 'string'],
  7: ['fieldPath', 'string'],
};

const MESSAGES: Record<string, Message> = {
  Namespace: {
    1: ['metadata', { message: META }],
    2: ['spec', { message: { 1: ['finalizers', { list: 'string' }] } }],
  },
  ConfigMap: {
    1: ['metadata', { message: META }],
    2: ['data', { map: 'string' }],
    3: ['binaryData', { map: 'bytes' }],
    4: ['immutable', 'boolean'],
  },
  Secret: {
    1: ['metadata', { message: META }],
    2: ['data', { map: 'bytes' }],
    3: ['type', 'string'],
    4: ['stringData', { map: 'string' }],
    5: ['immutable', 'boolean'],
  },
  Event: {
    1: ['metadata', { message: META }],
    2: ['involvedObject', { message: REFERENCE }],
    3: ['reason', 'string'],
    4: ['message', 'string'],
    5: ['source', { message: { 1: ['component', 'string'], 2: ['host', 'string'] } }],
    6: ['firstTimestamp', 'time'],
    7: ['lastTimestamp', 'time'],
    8: ['count', 'integer'],
    9: ['type', 'string'],
    12: ['action', 'string'],
    13: ['related', { message: REFERENCE }],
    14: ['reportingComponent', 'string'],
    15: ['reportingInstance', 'string'],
  },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'integer'],
    2: ['preconditions', { message: { 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] } }],
    3: ['orphanDependents', 'boolean'],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun', { list: 'string' }],
  },
};

/** runtime.Unknown: the envelope of every body. */
const ENVELOPE: Message = {
  1: ['typeMeta', { message: { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] } }],
  2: ['raw', 'bytes'],
  3: ['contentEncoding', 'string'],
};
const MAGIC = Buffer.from('k8s\0');

/** The object in a protobuf body. Throws `badRequest`, and `unsupportedMediaType` for kinds that are not read this way. */
export function decodeProtobuf(body: Buffer): Record<string, unknown> {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw malformed('it does not begin with the mark of a Kubernetes object');
  const envelope = readMessage(body.subarray(MAGIC.length), ENVELOPE);
  const { apiVersion, kind } = (envelope.typeMeta ?? {}) as { apiVersion?: string; kind?: string };
  const message = kind !== undefined && Object.hasOwn(MESSAGES, kind) ? MESSAGES[kind] : undefined;
  if (!message || envelope.contentEncoding) {
    throw new AppError(
      'unsupportedMediaType',
      `this server reads protobuf bodies of ${Object.keys(MESSAGES).join(', ')} only: send ${kind ?? 'others'} as application/json (client-go: set ContentType "application/json" in rest.Config)`,
    );
  }
  return { apiVersion, kind, ...readMessage(Buffer.from(String(envelope.raw ?? ''), 'base64'), message) };
}

function readMessage(bytes: Buffer, message: Message): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { number, value } of fieldsIn(bytes)) {
    const field = message[number];
    if (field) add(result, field[0], field[1], value);
  }
  return result;
}

function add(result: Record<string, unknown>, name: string, type: Type, value: bigint | Buffer): void {
  if (typeof type === 'string') {
    const read = scalar(type, value);
    // Go writes empty texts where JSON leaves them out.
    if (read !== '') result[name] = read;
  } else if ('message' in type) result[name] = readMessage(bytesOf(value), type.message);
  else if ('list' in type) {
    const list = (result[name] ?? []) as unknown[];
    list.push(type.list === 'string' ? scalar('string', value) : readMessage(bytesOf(value), type.list));
    result[name] = list;
  } else {
    const entry = readMessage(bytesOf(value), { 1: ['key', 'string'], 2: ['value', type.map] });
    const map = (result[name] ?? {}) as Record<string, unknown>;
    Object.defineProperty(map, String(entry.key ?? ''), {
      value: entry.value ?? '',
      enumerable: true,
      configurable: true,
      writable: true,
    });
    result[name] = map;
  }
}

function scalar(type: Scalar, value: bigint | Buffer): unknown {
  switch (type) {
    case 'string':
      return bytesOf(value).toString('utf8');
    case 'bytes':
      return bytesOf(value).toString('base64');
    case 'boolean':
      return value === 1n;
    case 'integer':
      return Number(BigInt.asIntN(64, typeof value === 'bigint' ? value : 0n));
    case 'time': {
      const { seconds } = readMessage(bytesOf(value), { 1: ['seconds', 'integer'] });
      const date = new Date(Number(seconds ?? Number.NaN) * 1000);
      return Number.isNaN(date.getTime()) || date.getTime() < 0 ? '' : `${date.toISOString().slice(0, 19)}Z`;
    }
    default:
      return type satisfies never;
  }
}

function bytesOf(value: bigint | Buffer): Buffer {
  if (typeof value === 'bigint') throw malformed('a number stands where text belongs');
  return value;
}

/** The fields on the wire: a varint, or bytes of a length; fixed-width numbers are skipped, no kind here has them. */
function* fieldsIn(bytes: Buffer): Generator<{ number: number; value: bigint | Buffer }> {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw malformed('it ends too early');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed('a number is too long');
  };
  const take = (length: number) => {
    if (at + length > bytes.length) throw malformed('it ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) yield { number, value: varint() };
    else if (tag % 8 === 2) yield { number, value: take(Number(varint())) };
    else if (tag % 8 === 1) take(8);
    else if (tag % 8 === 5) take(4);
    else throw malformed('it has a field of an unknown shape');
  }
}

function malformed(why: string): AppError {
  return new AppError('badRequest', `the protobuf body cannot be read: ${why}`);
}
