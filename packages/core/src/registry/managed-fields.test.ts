import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import type { Json, KubeObject, ManagedFieldsEntry } from '../store/object.ts';
import { difference, fieldsOf, intersection, leafTexts, union } from './field-sets.ts';
import { afterUpdate, applyConfiguration } from './managed-fields.ts';

const KEYS = { 'spec.parts': 'name', 'metadata.finalizers': '' };
const at = (manager: string, time = '2026-01-01T00:00:00Z') => ({ manager, apiVersion: 'test/v1', time });

function thing(spec: Json, managedFields?: ManagedFieldsEntry[]): KubeObject {
  return {
    apiVersion: 'test/v1',
    kind: 'Thing',
    metadata: { name: 'a', ...(managedFields ? { managedFields } : {}) },
    spec,
  } as unknown as KubeObject;
}

/** Applies and gives the object as it would be stored. */
function apply(live: KubeObject, manager: string, spec: Json, force = false): KubeObject {
  const { object, managedFields } = applyConfiguration(live, thing(spec), KEYS, at(manager), force);
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

function owners(object: KubeObject): Record<string, string[]> {
  return Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => [entry.manager, leafTexts(entry.fieldsV1 as never)]),
  );
}

describe('field sets', () => {
  const set = fieldsOf({ spec: { a: 1, b: { c: 2 }, parts: [{ name: 'x', w: 1 }], list: [1, 2], none: {} } }, KEYS);

  it('tell fields, keyed items and atomic lists apart', () => {
    expect(set).toEqual({
      'f:spec': {
        'f:a': {},
        'f:b': { 'f:c': {} },
        'f:parts': { 'k:{"name":"x"}': { '.': {}, 'f:name': {}, 'f:w': {} } },
        'f:list': {},
        'f:none': {},
      },
    });
    expect(leafTexts(set)).toContain('.spec.parts[name="x"].w');
  });

  it('can be joined, subtracted and shared', () => {
    const part = fieldsOf({ spec: { a: 1, b: { c: 2 } } }, KEYS);
    expect(leafTexts(difference(set, part))).not.toContain('.spec.a');
    expect(union(difference(set, part), part)).toEqual(set);
    expect(intersection(set, part)).toEqual(part);
    expect(difference(set, set)).toEqual({});
    expect(difference({ 'f:d': { 'f:k': {} } }, { 'f:d': {} })).toEqual({ 'f:d': { 'f:k': {} } });
  });
});

describe('applyConfiguration', () => {
  const empty = thing({}, []);

  it('owns what it says, and removes what it no longer says', () => {
    const first = apply(empty, 'a', {
      x: 1,
      y: 2,
      parts: [
        { name: 'p', w: 1 },
        { name: 'q', w: 1 },
      ],
    });
    const second = apply(first, 'a', { x: 1, parts: [{ name: 'q', w: 1 }] });
    expect(second.spec).toEqual({ x: 1, parts: [{ name: 'q', w: 1 }] });
  });

  it('leaves to others what they own, too', () => {
    let object = apply(empty, 'a', { x: 1, y: 2 });
    object = apply(object, 'b', { y: 2, parts: [{ name: 'p', w: 1 }] });
    object = apply(object, 'a', { x: 1 });
    expect(object.spec).toEqual({ x: 1, y: 2, parts: [{ name: 'p', w: 1 }] });
    expect(owners(object).b).toContain('.spec.y');
  });

  it('refuses to overrule another manager, with causes; force takes the field', () => {
    const object = apply(empty, 'a', { x: 1, y: 1 });
    try {
      apply(object, 'b', { x: 2, y: 1 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({
        code: 'conflict',
        causes: [{ reason: 'FieldManagerConflict', field: '.spec.x', message: 'conflict with "a"' }],
      });
    }
    const forced = apply(object, 'b', { x: 2, y: 1 }, true);
    expect(forced.spec).toEqual({ x: 2, y: 1 });
    expect(owners(forced)).toEqual({ a: ['.spec.y'], b: ['.spec.x', '.spec.y'] });
  });

  it('says nothing new when nothing is new', () => {
    const object = apply(empty, 'a', { x: 1, parts: [{ name: 'p' }] });
    const { managedFields } = applyConfiguration(
      object,
      thing({ x: 1, parts: [{ name: 'p' }] }),
      KEYS,
      at('a', '2027-01-01T00:00:00Z'),
      false,
    );
    expect(managedFields).toEqual(object.metadata.managedFields);
  });

  it('takes what nobody is written down for as somebody else’s', () => {
    expect(() => apply(thing({ x: 1 }), 'a', { x: 2 })).toThrow('conflict with "before-first-apply" using test/v1');
    expect(apply(thing({ x: 1 }), 'a', { x: 1, y: 1 }).spec).toEqual({ x: 1, y: 1 });
  });

  it('does not take away what others filled an empty map with', () => {
    let object = apply(empty, 'a', { map: {} });
    object = { ...object, spec: { map: { k: 1 } } };
    expect(apply(object, 'a', {}).spec).toEqual({ map: { k: 1 } });
  });
});

describe('afterUpdate', () => {
  it('gives the writer what it changed, and takes it from others', () => {
    const applied = apply(thing({}, []), 'a', { x: 1, y: 1, z: 1 });
    const now = thing({ x: 2, y: 1, w: 1 });
    const entries = afterUpdate(applied, now, KEYS, at('editor'));
    expect(owners({ ...now, metadata: { ...now.metadata, managedFields: entries } })).toEqual({
      a: ['.spec.y'],
      editor: ['.spec.x', '.spec.w'],
    });
  });

  it('keeps everything as it is when nothing changes', () => {
    const applied = apply(thing({}, []), 'a', { x: 1 });
    expect(afterUpdate(applied, thing({ x: 1 }), KEYS, at('editor'))).toEqual(applied.metadata.managedFields);
  });

  it('takes an undefined property for none', () => {
    const was = thing({ x: 1 }, []);
    expect(afterUpdate(was, thing({ x: 1, y: undefined } as never), KEYS, at('editor'))).toEqual([]);
  });

  it('keeps at most ten updaters', () => {
    let object = thing({}, []);
    for (let index = 0; index < 15; index++) {
      const now = thing({ ...(object.spec as object), [`f${index}`]: 1 });
      const entries = afterUpdate(object, now, KEYS, at(`m${index}`, `2026-01-01T00:00:${10 + index}Z`));
      object = { ...now, metadata: { ...now.metadata, managedFields: entries } };
    }
    expect(object.metadata.managedFields).toHaveLength(10);
    expect(owners(object)['ancient-changes']).toContain('.spec.f0');
  });
});
