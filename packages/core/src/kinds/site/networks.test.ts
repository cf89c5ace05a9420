import { expect, test } from 'vitest';
import { isInNetworks, networkError, parseAddress } from './networks.ts';

test.each([
  ['192.168.1.10', ['192.168.1.0/24'], true],
  ['192.168.2.10', ['192.168.1.0/24'], false],
  ['192.168.2.10', ['192.168.1.0/24', '192.168.0.0/16'], true],
  ['10.0.0.1', ['10.0.0.1'], true],
  ['10.0.0.1', ['0.0.0.0/0'], true],
  ['10.0.0.1', [], false],
  ['[fd00::10]', ['fd00::/64'], true],
  ['fd00:0:0:1::10', ['fd00::/64'], false],
  ['10.0.0.1', ['::/0'], false],
  ['::ffff:10.0.0.1', ['10.0.0.0/8'], false],
  ['bmc-1.example.com', ['BMC-1.example.com'], true],
  ['bmc-2.example.com', ['bmc-1.example.com', '0.0.0.0/0'], false],
  ['010.0.0.1', ['0.0.0.0/0'], false],
])('%s in %j: %s', (host, networks, inside) => {
  expect(isInNetworks(host, networks)).toBe(inside);
});

test('what is neither network, address nor name is refused', () => {
  for (const good of ['10.0.0.0/8', 'fd00::/8', '10.0.0.1', '::1', 'bmc.example.com']) expect(networkError(good)).toBeNull();
  for (const bad of ['10.0.0.0/33', '10.0.0', 'a b', '10.0.0.0/8/8', '300.1.1.1', '']) expect(networkError(bad)).not.toBeNull();
  expect(parseAddress('1:2:3')).toBeNull();
  expect(parseAddress('1::2::3')).toBeNull();
});
