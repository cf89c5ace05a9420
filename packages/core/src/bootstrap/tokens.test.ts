import { expect, test } from 'vitest';
import { makeToken, tokenSecret } from './tokens.ts';

test('a token has the form that kubeadm wants', () => {
  const token = makeToken((length) => crypto.getRandomValues(new Uint8Array(length)));
  expect(`${token.id}.${token.secret}`).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
});

test('bytes that would favour some characters are thrown away', () => {
  let calls = 0;
  const token = makeToken((length) => new Uint8Array(length).fill(calls++ === 0 ? 255 : 1));
  expect(token.id).toBe('bbbbbb');
});

test('the Secret of a token says when it ends, in whole seconds', () => {
  const secret = tokenSecret({ id: 'abcdef', secret: '0123456789abcdef' }, new Date('2026-11-23T00:15:00.123Z'), 'for x');
  expect(secret.metadata.name).toBe('bootstrap-token-abcdef');
  expect(secret.stringData.expiration).toBe('2026-11-23T00:15:00Z');
});
