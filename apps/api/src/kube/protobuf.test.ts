import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from './protobuf.ts';

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/** A length-delimited field. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
}

function body(apiVersion: string, kind: string, ...fields: Buffer[]): Buffer {
  const type = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, Buffer.concat(fields)), field(3, ''), field(4, '')]);
}

const meta = (...fields: Buffer[]) => field(1, Buffer.concat([field(1, 'a'), field(2, ''), field(8, ''), ...fields]));

describe('decodeProtobuf', () => {
  it('reads a Secret: bytes become base64, empty texts are absent', () => {
    const entry = Buffer.concat([field(1, 'password'), field(2, 'hunter2')]);
    const label = field(11, Buffer.concat([field(1, 'app'), field(2, 'x')]));
    expect(decodeProtobuf(body('v1', 'Secret', meta(label), field(2, entry), field(3, 'Opaque')))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', labels: { app: 'x' } },
      data: { password: 'aHVudGVyMg==' },
      type: 'Opaque',
    });
  });

  it('reads options of a delete', () => {
    const options = body('v1', 'DeleteOptions', Buffer.from([0x18, 1]), field(4, 'Foreground'), field(5, 'All'));
    expect(decodeProtobuf(options)).toMatchObject({ orphanDependents: true, propagationPolicy: 'Foreground', dryRun: ['All'] });
  });

  it('reads times', () => {
    const time = Buffer.from([0x08, ...varint(1_767_225_600)]);
    const decoded = decodeProtobuf(body('v1', 'Event', meta(), field(6, time), Buffer.from([0x40, 3])));
    expect(decoded).toMatchObject({ firstTimestamp: '2026-01-01T00:00:00Z', count: 3 });
  });

  it('refuses other kinds and broken bodies in words', () => {
    expect(() => decodeProtobuf(body('apps/v1', 'Deployment'))).toThrow('send Deployment as application/json');
    expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow('does not begin with');
    expect(() => decodeProtobuf(body('v1', 'Secret', Buffer.from([0x12, 200])))).toThrow('ends too early');
    expect(() => decodeProtobuf(body('v1', 'Secret', Buffer.from([0x10, 5])))).toThrow('a number stands where text belongs');
    expect(() => decodeProtobuf(body('v1', 'Secret', Buffer.from([0x0b])))).toThrow('unknown shape');
  });
});
