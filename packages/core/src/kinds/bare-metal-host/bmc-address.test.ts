import { expect, test } from 'vitest';
import { parseBmcAddress } from './bmc-address.ts';

test.each([
  ['ipmi://192.168.1.10', { driver: 'ipmi', host: '192.168.1.10', transport: 'udp', systemPath: '' }],
  ['192.168.1.10', { scheme: 'ipmi', driver: 'ipmi', host: '192.168.1.10' }],
  ['bmc-1:6230', { scheme: 'ipmi', host: 'bmc-1', port: 6230 }],
  ['ipmi:192.168.1.10', { scheme: 'ipmi', host: '192.168.1.10' }],
  ['fd00::10', { scheme: 'ipmi', host: 'fd00::10' }],
  ['libvirt://192.168.122.1:6233/', { driver: 'ipmi', needsBootMAC: true, port: 6233 }],
  [
    'redfish://192.168.1.10/redfish/v1/Systems/1',
    { driver: 'redfish', transport: 'https', boot: 'network', systemPath: '/redfish/v1/Systems/1' },
  ],
  ['redfish://192.168.1.10/redfish/v1', { systemPath: '' }],
  ['redfish+http://192.168.1.10:8000/', { transport: 'http', port: 8000, systemPath: '' }],
  [
    'redfish-virtualmedia+https://[fd00::10]/redfish/v1/Systems/1',
    { boot: 'virtualmedia', host: 'fd00::10', transport: 'https' },
  ],
  [
    'redfish-virtualmedia:192.168.1.10/Systems/1',
    { scheme: 'redfish-virtualmedia', host: '192.168.1.10', systemPath: '/Systems/1' },
  ],
  ['idrac-virtualmedia://bmc.example.com/redfish/v1/Systems/System.Embedded.1', { driver: 'redfish', host: 'bmc.example.com' }],
  ['REDFISH://bmc', { scheme: 'redfish' }],
])('%s', (address, parts) => {
  expect(parseBmcAddress(address)).toMatchObject(parts);
});

test.each([
  ['', /empty/],
  ['ftp://192.168.1.10', /unknown scheme "ftp"; known are .*ipmi/],
  ['ipmi+https://192.168.1.10', /transport/],
  ['redfish+smtp://192.168.1.10', /transport/],
  ['redfish://', /no host/],
  ['redfish://300.1.1.1/', /neither an IP address/],
  ['redfish://user:pw@192.168.1.10/', /must be scheme/],
  ['redfish://-bad-/', /neither an IP address/],
  ['redfish://10.0.0.1:99999/', /port/],
  ['redfish://10.0.0.1/redfish/../etc', /path/],
  ['redfish://[zz]/', /neither an IP address/],
])('%s is refused', (address, reason) => {
  expect(parseBmcAddress(address)).toMatch(reason);
});
