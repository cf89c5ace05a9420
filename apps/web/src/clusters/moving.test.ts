import { expect, test } from 'vitest';
import { isMoving, movingText } from './moving.ts';

const counts = (desired: number, available: number, upToDate = desired) => ({ desired, available, upToDate });

test('a cluster moves until it has what it wants', () => {
  expect(isMoving({ phase: 'Provisioned', controlPlane: counts(3, 3), workers: counts(5, 5) })).toBe(false);
  expect(isMoving({ phase: 'Provisioned', controlPlane: counts(3, 3), workers: counts(8, 5) })).toBe(true);
  expect(isMoving({ phase: 'Provisioned', controlPlane: counts(3, 3, 1), workers: counts(5, 5) })).toBe(true);
  expect(isMoving({ phase: 'Deleting', controlPlane: {}, workers: {} })).toBe(true);
});

test('in words', () => {
  expect(movingText(0, 0)).toBe('Nothing moving');
  expect(movingText(2, 1)).toBe('2 hosts and 1 cluster moving');
});
