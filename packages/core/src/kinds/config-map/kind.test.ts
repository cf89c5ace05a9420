import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../store/object.ts';
import { ConfigMap, MAX_DATA_BYTES } from './kind.ts';

const metadata = { name: 'a', namespace: 'lab', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '' };

function map(parts: object): KubeObject<undefined, undefined> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, spec: undefined, ...parts } as KubeObject<undefined, undefined>;
}

describe('ConfigMap', () => {
  it('counts the keys of both maps', () => {
    expect(ConfigMap.columns[0]!.of(map({ data: { a: '1' }, binaryData: { b: 'AA==' } }))).toBe(2);
  });

  it('holds at most 1 MiB under keys that could name files', () => {
    expect(ConfigMap.validate!(map({ data: { 'a-b_c.d': 'x'.repeat(MAX_DATA_BYTES) } }))).toEqual([]);
    expect(ConfigMap.validate!(map({ data: { a: 'x'.repeat(MAX_DATA_BYTES + 1) } }))).toMatchObject([
      { reason: 'FieldValueTooLong' },
    ]);
    expect(ConfigMap.validate!(map({ binaryData: { '/': '' } }))).toMatchObject([{ field: 'binaryData[/]' }]);
  });

  it('does not change once immutable, whatever the order of its keys', () => {
    const was = map({ data: { a: '1', b: '2' }, immutable: true });
    expect(ConfigMap.validateUpdate!(map({ data: { b: '2', a: '1' }, immutable: true }), was)).toEqual([]);
    expect(ConfigMap.validateUpdate!(map({ data: { a: '2' }, immutable: true }), was)).toMatchObject([{ field: 'data' }]);
  });
});
