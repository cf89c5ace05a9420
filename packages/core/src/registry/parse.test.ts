import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../kinds/secret/kind.ts';
import type { Json } from '../store/object.ts';
import type { AnyKind } from './define-kind.ts';
import { MAX_DEPTH, parseObject } from './parse.ts';
import { Widget } from './testing/widget.ts';

function widget(spec: Json, more: { [key: string]: Json } = {}) {
  return { apiVersion: 'test.slipway.dev/v1beta2', kind: 'Widget', metadata: { name: 'a' }, spec, ...more };
}

describe('parseObject', () => {
  it('fills in defaults, and keeps apart what was said', () => {
    const { object, said } = parseObject(Widget, 'v1beta2', widget({ size: 'small' }));
    expect(object.spec).toEqual({ size: 'small', replicas: 1 });
    expect(said.spec).toEqual({ size: 'small' });
  });

  it('names unknown fields wherever they are, and prunes them', () => {
    const body = widget({ foo: 1, parts: [{ name: 'p', bar: 1 }] }, { data: {}, status: { odd: 1 } });
    const { object, said, unknown } = parseObject(Widget, 'v1beta2', { ...body, metadata: { name: 'a', colour: 'red' } });
    expect(unknown.sort()).toEqual(['data', 'metadata.colour', 'spec.foo', 'spec.parts[0].bar', 'status.odd']);
    expect(object.spec).toEqual({ replicas: 1, parts: [{ name: 'p' }] });
    expect(said.spec).toEqual({ parts: [{ name: 'p' }] });
  });

  it('takes what a strict schema refuses for unknown fields, too', () => {
    const strict: AnyKind = { ...Widget, schema: { spec: z.strictObject({ a: z.int() }) } };
    const { object, unknown, errors } = parseObject(strict, 'v1beta2', widget({ a: 1, b: 2 }));
    expect([unknown, errors, object.spec]).toEqual([['spec.b'], [], { a: 1 }]);
  });

  it.each([
    [{ replicas: 'x' }, 'spec.replicas', 'FieldValueTypeInvalid'],
    [{ replicas: -1 }, 'spec.replicas', 'FieldValueInvalid'],
    [{ size: 'medium' }, 'spec.size', 'FieldValueNotSupported'],
    [{ parts: [{ weight: 1 }] }, 'spec.parts[0].name', 'FieldValueRequired'],
  ] as [Json, string, string][])('%j breaks %s', (spec, field, reason) => {
    expect(parseObject(Widget, 'v1beta2', widget(spec)).errors).toMatchObject([{ field, reason }]);
  });

  it('reads null as absent', () => {
    const { object, errors } = parseObject(Widget, 'v1beta2', {
      ...widget({ size: null }),
      metadata: { name: 'a', creationTimestamp: null },
    });
    expect([errors, object.spec, object.metadata]).toEqual([[], { replicas: 1 }, { name: 'a' }]);
  });

  it('does not judge a status that this door drops, and judges it alone at its own', () => {
    const body = widget({ replicas: 'x' }, { status: { conditions: 'none' } });
    expect(parseObject(Widget, 'v1beta2', body).errors.map(({ field }) => field)).toEqual(['spec.replicas']);
    expect(parseObject(Widget, 'v1beta2', body, 'status').errors.map(({ field }) => field)).toEqual(['status.conditions']);
  });

  it('refuses metadata that is not text where text belongs', () => {
    const metadata = { name: 'a', labels: { ok: 'yes', bad: 1, 'not a key': 'x', long: 'x'.repeat(64) }, finalizers: ['', 1] };
    const fields = parseObject(Secret, 'v1', { apiVersion: 'v1', kind: 'Secret', metadata } as never).errors.map(
      ({ field }) => field,
    );
    expect(fields).toEqual([
      'metadata.labels.bad',
      'metadata.labels[not a key]',
      'metadata.labels.long',
      'metadata.finalizers[0]',
      'metadata.finalizers[1]',
    ]);
  });

  it('refuses to go too deep', () => {
    let deep: Json = 1;
    for (let level = 0; level <= MAX_DEPTH; level++) deep = { a: deep };
    expect(() => parseObject(Widget, 'v1beta2', widget(deep))).toThrow('nests deeper');
  });
});
