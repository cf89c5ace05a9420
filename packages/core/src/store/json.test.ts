import fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyJson, equalJson } from './json.ts';

it('copies as JSON would', () => {
  const value = { a: undefined, b: [1, undefined, { c: null }], d: { e: 'text' } };
  expect(copyJson(value)).toEqual(JSON.parse(JSON.stringify(value)));
  expect(copyJson(value)).not.toBe(value);
  expect(copyJson(value).d).not.toBe(value.d);
});

it('keeps a property named __proto__ a property', () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": true}}');
  const copy = copyJson(hostile);
  expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true}}');
  expect((copy as { polluted?: boolean }).polluted).toBeUndefined();
});

it('compares by what JSON says', () => {
  expect(equalJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(equalJson({ a: 1, b: null }, { a: 1 })).toBe(false);
  expect(equalJson([1, 2], [2, 1])).toBe(false);
  expect(equalJson([], {})).toBe(false);
  expect(equalJson({ a: undefined }, { b: undefined })).toBe(true);
  expect(equalJson({ toString: 1 }, { other: 1 })).toBe(false);
});

it('finds a copy equal and a changed copy not', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(equalJson(value, copyJson(value))).toBe(true);
      expect(equalJson([value], [copyJson(value), 0])).toBe(false);
    }),
  );
});
