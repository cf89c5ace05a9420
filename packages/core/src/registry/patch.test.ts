import { describe, expect, it } from 'vitest';
import { ConfigMap } from '../kinds/config-map/kind.ts';
import type { Json, KubeObject } from '../store/object.ts';
import { applyPatch, mergePatch } from './patch.ts';
import { Widget } from './testing/widget.ts';

describe('mergePatch', () => {
  // RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ] as [Json, Json, Json][])('%j + %j', (target, patch, wanted) => {
    expect(mergePatch(target, patch)).toEqual(wanted);
  });
});

const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'a',
    finalizers: ['x/a', 'x/b'],
    ownerReferences: [
      { uid: '1', name: 'one' },
      { uid: '2', name: 'two' },
    ],
  },
  data: { k: 'v', l: 'w' },
} as unknown as KubeObject;

function strategic(body: object) {
  return applyPatch(ConfigMap, object, { type: 'strategic', body }) as { metadata: { [key: string]: Json }; data: Json };
}

describe('strategic merge patch', () => {
  it('merges maps, and null removes', () => {
    expect(strategic({ data: { k: null, m: 'x' } }).data).toEqual({ l: 'w', m: 'x' });
  });

  it('merges sets and lists by key', () => {
    const { metadata } = strategic({
      metadata: {
        finalizers: ['x/c', 'x/a'],
        ownerReferences: [
          { uid: '2', name: 'zwei' },
          { uid: '3', name: 'three' },
        ],
      },
    });
    expect(metadata.finalizers).toEqual(['x/a', 'x/b', 'x/c']);
    expect(metadata.ownerReferences).toEqual([
      { uid: '1', name: 'one' },
      { uid: '2', name: 'zwei' },
      { uid: '3', name: 'three' },
    ]);
  });

  it('obeys its directives', () => {
    expect(strategic({ data: { $patch: 'replace', z: '1' } }).data).toEqual({ z: '1' });
    expect(strategic({ data: { $patch: 'delete' } }).data).toBeUndefined();
    expect(strategic({ data: { $retainKeys: ['k'] } }).data).toEqual({ k: 'v' });
    expect(strategic({ metadata: { ownerReferences: [{ uid: '1', $patch: 'delete' }] } }).metadata.ownerReferences).toEqual([
      { uid: '2', name: 'two' },
    ]);
    expect(strategic({ metadata: { ownerReferences: [{ $patch: 'replace' }, { uid: '9' }] } }).metadata.ownerReferences).toEqual([
      { uid: '9' },
    ]);
    expect(strategic({ metadata: { '$deleteFromPrimitiveList/finalizers': ['x/a'] } }).metadata.finalizers).toEqual(['x/b']);
    expect(strategic({ metadata: { '$setElementOrder/finalizers': ['x/b', 'x/a'] } }).metadata).toEqual(object.metadata);
  });

  it('refuses items without their key, and kinds that are not built in', () => {
    expect(() => strategic({ metadata: { ownerReferences: [{ name: 'none' }] } })).toThrow('no merge key "uid"');
    expect(() => applyPatch(Widget, object, { type: 'strategic', body: {} })).toThrow('takes no strategic merge patch');
  });
});

describe('JSON patch', () => {
  const patch = (body: unknown) => applyPatch(ConfigMap, object, { type: 'json', body });

  it('changes a copy', () => {
    expect(patch([{ op: 'add', path: '/data/n', value: '1' }]).data).toEqual({ k: 'v', l: 'w', n: '1' });
    expect((object as unknown as { data: Json }).data).toEqual({ k: 'v', l: 'w' });
  });

  it('refuses what does not fit, without quoting the object', () => {
    const failing = () => patch([{ op: 'test', path: '/data/k', value: 'secret?' }]);
    expect(failing).toThrow('the JSON patch could not be applied');
    expect(failing).not.toThrow(/"l":"w"/);
    expect(() => patch([{ op: 'remove', path: '/data/none' }])).toThrow('could not be applied');
    expect(() => patch({})).toThrow('is a list of operations');
    expect(() => patch([{ op: 'add', path: '/__proto__/polluted', value: 1 }])).toThrow('could not be applied');
    expect(() => patch(Array(10_001).fill({ op: 'test', path: '/kind', value: 'ConfigMap' }))).toThrow('maximum operations');
  });
});
