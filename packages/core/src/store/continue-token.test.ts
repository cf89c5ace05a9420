import { expect, it } from 'vitest';
import { decodeContinue, encodeContinue, parseVersion } from './continue-token.ts';

it('reads back what it wrote, in characters that a URL takes', () => {
  const token = { resourceVersion: '123', namespace: '', name: 'a.b-c' };
  const text = encodeContinue(token);
  expect(text).toMatch(/^[\w-]+$/);
  expect(decodeContinue(text)).toEqual(token);
});

it.each(['', 'x', Buffer.from('[2,"1","a","b"]').toString('base64url'), Buffer.from('[1,"x","a","b"]').toString('base64url')])(
  'refuses %j',
  (text) => {
    expect(() => decodeContinue(text)).toThrow('not one of this server');
  },
);

it('takes decimal versions only', () => {
  expect(parseVersion('17')).toBe(17);
  for (const text of ['', '-1', '1.5', 'abc', '1e3', '9999999999999999999'])
    expect(() => parseVersion(text), text).toThrow('not a version');
});
