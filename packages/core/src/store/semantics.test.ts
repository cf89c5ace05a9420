import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalJson } from './json.ts';
import type { KubeObject } from './object.ts';
import { applyCreate, applyDelete, applyUpdate, nameSuffix } from './semantics.ts';
import type { Draft, Propagation } from './store.ts';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const draft = (metadata: Partial<Draft['metadata']> = {}, more: object = {}): Draft => ({
  apiVersion: 'test.slipway.dev/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'default', ...metadata },
  spec: { size: 1 },
  ...more,
});
const stored = (metadata: Partial<Draft['metadata']> = {}, more: object = {}): KubeObject => {
  const { deletionTimestamp, ...rest } = metadata;
  const object = applyCreate(draft(rest, more), 'uid-a', NOW);
  object.metadata.resourceVersion = '7';
  if (deletionTimestamp) object.metadata.deletionTimestamp = deletionTimestamp;
  return object;
};
const updated = (was: KubeObject, alter: (copy: KubeObject & Record<string, unknown>) => void) => {
  const copy = structuredClone(was) as KubeObject & Record<string, unknown>;
  alter(copy);
  return applyUpdate(was, copy);
};

describe('create', () => {
  it('gives what is missing and drops what only a store may say', () => {
    const made = applyCreate(draft({ resourceVersion: '99', deletionTimestamp: 'x', labels: {}, finalizers: [] }), 'uid-a', NOW);
    expect(made.metadata).toEqual({
      name: 'a',
      namespace: 'default',
      uid: 'uid-a',
      resourceVersion: '',
      generation: 1,
      creationTimestamp: '2026-03-04T05:06:07Z',
    });
  });

  it('keeps uid, generation and time of birth where given (restored objects)', () => {
    const given = { uid: 'own', generation: 5, creationTimestamp: '2020-01-01T00:00:00Z' };
    expect(applyCreate(draft(given), 'uid-a', NOW).metadata).toMatchObject(given);
  });

  it('makes names that differ by uid and refuses to have none', () => {
    expect(applyCreate(draft({ name: '', generateName: 'x-' }), 'uid-a', NOW).metadata.name).toBe(`x-${nameSuffix('uid-a')}`);
    expect(nameSuffix('uid-a')).not.toBe(nameSuffix('uid-b'));
    expect(() => applyCreate(draft({ name: '' }), 'uid-a', NOW)).toThrow('name or generateName is required');
  });

  it('refuses two controllers', () => {
    const owner = { apiVersion: 'v1', kind: 'X', name: 'o', uid: '1', controller: true };
    expect(() => applyCreate(draft({ ownerReferences: [owner, { ...owner, uid: '2' }] }), 'u', NOW)).toThrow('only one owner');
  });
});

describe('update', () => {
  const time = (at: string) => [
    {
      manager: 'kubectl',
      operation: 'Update' as const,
      apiVersion: 'v1',
      time: at,
      fieldsType: 'FieldsV1' as const,
      fieldsV1: {},
    },
  ];
  const cases: [
    string,
    KubeObject,
    (copy: KubeObject & Record<string, unknown>) => void,
    'UNCHANGED' | 'MODIFIED' | 'DELETED',
    number?,
  ][] = [
    ['nothing', stored(), () => undefined, 'UNCHANGED'],
    [
      'an undefined property',
      stored(),
      (o) => {
        o.extra = undefined;
      },
      'UNCHANGED',
    ],
    [
      'an empty map of labels',
      stored(),
      (o) => {
        o.metadata.labels = {};
      },
      'UNCHANGED',
    ],
    [
      'the order of properties',
      stored({}, { spec: { a: 1, b: 2 } }),
      (o) => {
        o.spec = { b: 2, a: 1 };
      },
      'UNCHANGED',
    ],
    [
      'the order of a list',
      stored({}, { spec: { a: [1, 2] } }),
      (o) => {
        o.spec = { a: [2, 1] };
      },
      'MODIFIED',
      2,
    ],
    [
      'times of managedFields',
      stored({ managedFields: time('1') }),
      (o) => {
        o.metadata.managedFields = time('2');
      },
      'UNCHANGED',
    ],
    [
      'generation and resourceVersion',
      stored(),
      (o) => {
        o.metadata.generation = 9;
        o.metadata.resourceVersion = '1';
      },
      'UNCHANGED',
    ],
    [
      'labels',
      stored(),
      (o) => {
        o.metadata.labels = { a: 'b' };
      },
      'MODIFIED',
      1,
    ],
    [
      'status',
      stored(),
      (o) => {
        o.status = { ready: true };
      },
      'MODIFIED',
      1,
    ],
    [
      'spec',
      stored(),
      (o) => {
        o.spec = { size: 2 };
      },
      'MODIFIED',
      2,
    ],
    [
      'data of a kind without spec',
      stored({}, { spec: undefined, data: { a: '1' } }),
      (o) => {
        o.data = { a: '2' };
      },
      'MODIFIED',
      2,
    ],
    [
      'a finalizer of a living object',
      stored({ finalizers: ['f'] }),
      (o) => {
        o.metadata.finalizers = [];
      },
      'MODIFIED',
      1,
    ],
    [
      'the last finalizer of a dying object',
      stored({ finalizers: ['f'], deletionTimestamp: 'x' }),
      (o) => {
        o.metadata.finalizers = [];
      },
      'DELETED',
    ],
    [
      'deletionTimestamp of a dying object',
      stored({ finalizers: ['f'], deletionTimestamp: 'x' }),
      (o) => {
        delete o.metadata.deletionTimestamp;
      },
      'UNCHANGED',
    ],
    [
      'deletionTimestamp of a living object',
      stored(),
      (o) => {
        o.metadata.deletionTimestamp = 'x';
      },
      'UNCHANGED',
    ],
  ];
  it.each(cases)('of %s', (_, was, alter, type, generation) => {
    const outcome = updated(was, alter);
    expect(outcome.type).toBe(type);
    if (generation !== undefined && outcome.type === 'MODIFIED') expect(outcome.after.metadata.generation).toBe(generation);
  });

  it('refuses new finalizers on what is being deleted, another uid, another name', () => {
    const dying = stored({ finalizers: ['f'], deletionTimestamp: 'x' });
    expect(() =>
      updated(dying, (o) => {
        o.metadata.finalizers = ['g'];
      }),
    ).toThrow('takes no new finalizers (g)');
    expect(() =>
      updated(stored(), (o) => {
        o.metadata.uid = 'other';
      }),
    ).toThrow('uid is immutable');
    expect(() =>
      updated(stored(), (o) => {
        o.metadata.name = 'b';
      }),
    ).toThrow('immutable');
  });

  it('does not touch what it was given', () => {
    const was = stored();
    const before = structuredClone(was);
    updated(was, (o) => {
      o.spec = { size: 2 };
    });
    expect(was).toEqual(before);
  });
});

describe('delete', () => {
  const cases: [string, string[], Propagation | undefined, string[] | null][] = [
    ['nothing asked, no finalizers', [], undefined, null],
    ['nothing asked, finalizers', ['f'], undefined, ['f']],
    ['nothing asked, foreground asked before', ['foregroundDeletion'], undefined, ['foregroundDeletion']],
    ['background', [], 'Background', null],
    ['background overrules foreground', ['foregroundDeletion'], 'Background', null],
    ['foreground', [], 'Foreground', ['foregroundDeletion']],
    ['foreground overrules orphan', ['f', 'orphan'], 'Foreground', ['f', 'foregroundDeletion']],
    ['orphan', ['f'], 'Orphan', ['f', 'orphan']],
  ];
  it.each(cases)('%s', (_, finalizers, propagation, left) => {
    const outcome = applyDelete(stored({ finalizers }), propagation, NOW);
    if (left === null) return expect(outcome.type).toBe('DELETED');
    expect(outcome).toMatchObject({
      type: 'MODIFIED',
      after: { metadata: { finalizers: left, generation: 2, deletionTimestamp: '2026-03-04T05:06:07Z' } },
    });
  });

  it('keeps the time of the first deletion', () => {
    const dying = stored({ finalizers: ['f'], deletionTimestamp: '2020-01-01T00:00:00Z' });
    expect(applyDelete(dying, undefined, NOW).type).toBe('UNCHANGED');
    const outcome = applyDelete(dying, 'Foreground', NOW);
    expect(outcome).toMatchObject({
      type: 'MODIFIED',
      after: { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z', generation: 1 } },
    });
  });
});

describe('whatever is written', () => {
  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
  const part = fc.record({ spec: value, status: value, extra: value }, { requiredKeys: [] });

  it('an update is unchanged if and only if it reads back the same, and generation rises with the wish alone', () => {
    fc.assert(
      fc.property(part, part, (first, second) => {
        const was = stored({}, { spec: undefined, ...first });
        const outcome = applyUpdate(was, { ...draft(), spec: undefined, ...second, metadata: was.metadata } as KubeObject);
        const same = (key: 'spec' | 'status' | 'extra') => equalJson(first[key] ?? undefined, second[key] ?? undefined);
        expect(outcome.type === 'UNCHANGED').toBe(same('spec') && same('status') && same('extra'));
        if (outcome.type !== 'MODIFIED') return;
        expect(outcome.after.metadata.generation).toBe(same('spec') && same('extra') ? 1 : 2);
        // Writing it again writes nothing.
        expect(applyUpdate(outcome.after, structuredClone(outcome.after)).type).toBe('UNCHANGED');
      }),
    );
  });
});
