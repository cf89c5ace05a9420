import { describe, expect, it } from 'vitest';
import { Event } from '../kinds/event/kind.ts';
import { Namespace } from '../kinds/namespace/kind.ts';
import type { KubeObject } from '../store/object.ts';
import { matchesFields, parseFieldSelector, parseLabelSelector } from './selectors.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['', []],
    ['a=b', [{ key: 'a', op: 'in', values: ['b'] }]],
    ['a==b', [{ key: 'a', op: 'in', values: ['b'] }]],
    ['a!=b', [{ key: 'a', op: 'notin', values: ['b'] }]],
    ['a=', [{ key: 'a', op: 'in', values: [''] }]],
    ['a', [{ key: 'a', op: 'exists' }]],
    ['!a', [{ key: 'a', op: 'absent' }]],
    ['a in (x, y)', [{ key: 'a', op: 'in', values: ['x', 'y'] }]],
    [
      'a notin (x),b',
      [
        { key: 'a', op: 'notin', values: ['x'] },
        { key: 'b', op: 'exists' },
      ],
    ],
    ['example.com/a=b', [{ key: 'example.com/a', op: 'in', values: ['b'] }]],
  ])('%s', (text, wanted) => {
    expect(parseLabelSelector(text)).toEqual(wanted);
  });

  it.each(['=b', 'a=b c', 'a in x', 'a in (x', 'a,,b', 'a=b,', '-a', 'a > 1', 'a in (x y)'])('refuses %s', (text) => {
    expect(() => parseLabelSelector(text)).toThrow('unable to parse requirement');
  });

  it('refuses more requirements than a person writes', () => {
    expect(() => parseLabelSelector(Array(101).fill('a').join(','))).toThrow('more than 100');
  });
});

describe('field selectors', () => {
  const event = { metadata: { name: 'e' }, involvedObject: { name: 'host-1', kind: 'BareMetalHost' } } as unknown as KubeObject;

  it.each([
    ['involvedObject.name=host-1', true],
    ['involvedObject.name==host-1,involvedObject.kind!=Secret', true],
    ['involvedObject.name!=host-1', false],
    ['involvedObject.uid=', true],
    ['metadata.name=other', false],
  ])('%s', (text, wanted) => {
    expect(matchesFields(parseFieldSelector(Event, text), event)).toBe(wanted);
  });

  it('refuses what cannot be selected', () => {
    expect(() => parseFieldSelector(Event, 'spec.x=1')).toThrow('field label not supported: spec.x');
    expect(() => parseFieldSelector(Namespace, 'metadata.namespace=a')).toThrow('field label not supported');
    expect(() => parseFieldSelector(Event, 'what')).toThrow('invalid field selector');
  });
});
