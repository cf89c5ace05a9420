import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../store/object.ts';
import { Secret, secretText, toBase64 } from './kind.ts';

const metadata = { name: 'a', namespace: 'lab', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '' };

function secret(parts: object): KubeObject<undefined, undefined> {
  return { apiVersion: 'v1', kind: 'Secret', metadata, spec: undefined, type: 'Opaque', ...parts } as KubeObject<
    undefined,
    undefined
  >;
}

describe('Secret', () => {
  it('folds stringData into data, over keys of the same name', () => {
    const object = secret({ data: { a: toBase64('old'), b: toBase64('kept') }, stringData: { a: 'nëw' } });
    Secret.defaults!(object);
    expect(object).not.toHaveProperty('stringData');
    expect([secretText(object, 'a'), secretText(object, 'b'), secretText(object, 'c')]).toEqual(['nëw', 'kept', undefined]);
  });

  it('refuses what is not base64 and keys that no file could have, without quoting a value', () => {
    const errors = Secret.validate!(secret({ data: { good: 'aGk=', bad: 'hunter2!', 'a/b': '' } }));
    expect(errors.map(({ field }) => field)).toEqual(['data[a/b]', 'data[bad]']);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  it('keeps its type, and everything once immutable', () => {
    const was = secret({ data: { a: 'aGk=' }, immutable: true });
    expect(Secret.validateUpdate!(secret({ data: { a: 'aGk=' }, immutable: true }), was)).toEqual([]);
    const fields = Secret.validateUpdate!(secret({ data: {}, type: 'other' }), was).map(({ field }) => field);
    expect(fields).toEqual(['data', 'immutable', 'type']);
  });

  it('prints how many keys, never what they hold', () => {
    const cells = Secret.columns.map((column) => column.of(secret({ data: { a: 'aGk=' } })));
    expect(cells).toEqual(['Opaque', 1, '']);
  });
});
