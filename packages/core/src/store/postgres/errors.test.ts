import { expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { translate } from './errors.ts';

it.each([
  [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }, 'unavailable'],
  [{ code: '57P01', message: 'terminating connection' }, 'unavailable'],
  [{ code: '08006', message: 'connection failure' }, 'unavailable'],
  [{ code: '53300', message: 'too many clients' }, 'unavailable'],
  [{ message: 'Connection terminated unexpectedly' }, 'unavailable'],
  [{ code: '40P01', message: 'deadlock detected' }, 'conflict'],
  [{ code: '23505', message: 'duplicate key', detail: 'Key (uid)=(secret)' }, 'alreadyExists'],
  [{ code: '22P05', message: 'unsupported Unicode escape sequence' }, 'badRequest'],
  [{ code: '57014', message: 'canceling statement' }, 'timeout'],
  [{ code: '42704', message: 'unrecognized configuration parameter "transaction_timeout"' }, 'unavailable'],
  [{ code: '42P01', message: 'relation "objects" does not exist' }, 'internal'],
  [{ code: 'XX000', message: 'something else' }, 'internal'],
])('%j is %s', (error, code) => {
  const translated = translate(error);
  expect(translated.code).toBe(code);
  expect(translated.message).not.toContain('secret');
});

it('leaves an AppError as it is', () => {
  const error = new AppError('notFound', 'x');
  expect(translate(error)).toBe(error);
});
