import { expect, test } from 'vitest';
import { Rack } from './kind.ts';

const refused = (devices: object[]) =>
  Rack.validate?.({ metadata: { name: 'r' }, spec: { site: 's', units: 42, devices } } as never).map(({ field }) => field);

test('devices stay within the rack and off each other', () => {
  expect(refused([{ name: 'a', unit: 41, height: 2, kind: 'switch' }])).toEqual([]);
  expect(refused([{ name: 'a', unit: 42, height: 2, kind: 'switch' }])).toEqual(['spec.devices[0].unit']);
  expect(
    refused([
      { name: 'a', unit: 1, height: 2, kind: 'pdu' },
      { name: 'b', unit: 2, height: 1, kind: 'ups' },
    ]),
  ).toEqual(['spec.devices[1].unit']);
});
