import { describe, expect, test } from 'vitest';
import { networkOf, waitSeconds } from './throttle.ts';

describe('networkOf', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
    ['2001:db8::1:2:3:4', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is counted under %s', (address, network) => expect(networkOf(address)).toBe(network));
});

describe('waitSeconds', () => {
  const now = new Date('2026-11-22T14:00:00Z');
  test.each([
    [4, 0],
    [5, 1],
    [8, 8],
    [40, 300],
  ])('after %i failures %i s', (failures, seconds) => expect(waitSeconds({ failures, lastAt: now }, 'pair', now)).toBe(seconds));
});
