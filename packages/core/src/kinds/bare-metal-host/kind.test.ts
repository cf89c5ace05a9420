import { expect, test } from 'vitest';
import type { KubeObject } from '../../store/object.ts';
import { BareMetalHost } from './kind.ts';
import { spec as schema } from './spec.ts';

/** The field paths that a host is refused for. */
function refusals(spec: object, metadata: object = {}, was?: { spec: object; status?: object }): string[] {
  const made = (of: object, status?: object) =>
    ({
      apiVersion: BareMetalHost.apiVersion,
      kind: 'BareMetalHost',
      metadata: { name: 'host-1', namespace: 'metal3', ...metadata },
      spec: of,
      status,
    }) as KubeObject as never;
  const errors = was
    ? BareMetalHost.validateUpdate?.(made(spec), made(was.spec, was.status))
    : BareMetalHost.validate?.(made(schema.parse(spec)));
  return (errors ?? []).map(({ field }) => field);
}

const bmc = (address: string, credentialsName = 's') => ({ online: true, bmc: { address, credentialsName } });
const redfish = bmc('redfish-virtualmedia://192.168.1.10/redfish/v1/Systems/1');
const image = { url: 'https://images.example.com/a.qcow2', checksum: 'x' };
const SEED = {
  online: true,
  bootMACAddress: 'aa:bb:cc:dd:ee:01',
  bmc: { address: 'ipmi://192.168.1.10', credentialsName: 'server-rack1-u10-bmc', disableCertificateVerification: true },
  rootDeviceHints: { deviceName: '/dev/nvme0n1' },
  hardwareProfile: 'unknown',
};

test.each([
  ['the seed’s host', SEED, []],
  ['the seed’s spare', { online: false }, []],
  ['an unknown scheme', bmc('ftp://x'), ['spec.bmc.address']],
  ['no Secret', bmc('redfish://192.168.1.10', ''), ['spec.bmc.credentialsName']],
  ['libvirt without MAC', bmc('libvirt://192.168.1.10'), ['spec.bootMACAddress']],
  ['secure boot over ipmi', { ...bmc('ipmi://192.168.1.10'), bootMode: 'UEFISecureBoot' }, ['spec.bootMode']],
  ['fast inspection over ipmi', { ...bmc('ipmi://192.168.1.10'), inspectionMode: 'fast' }, ['spec.inspectionMode']],
  ['firmware', { ...redfish, firmware: {} }, ['spec.firmware']],
  [
    'a device outside of /dev',
    { ...redfish, rootDeviceHints: { deviceName: '/etc/passwd' } },
    ['spec.rootDeviceHints.deviceName'],
  ],
  ['a device by id', { ...redfish, rootDeviceHints: { deviceName: '/dev/disk/by-id/x' } }, ['spec.rootDeviceHints.deviceName']],
  ['an image without checksum', { ...redfish, image: { url: image.url } }, ['spec.image.checksum']],
  ['a live ISO needs none', { ...redfish, image: { url: image.url, format: 'live-iso' } }, []],
  ['an oci image with checksum', { ...redfish, image: { ...image, url: 'oci://r/i' } }, ['spec.image.checksum']],
  ['an image by file', { ...redfish, image: { ...image, url: 'file:///etc/passwd' } }, ['spec.image.url']],
  ['off, but never to be', { ...redfish, online: false, disablePowerOff: true }, ['spec.online']],
  [
    'two kinds of RAID',
    { ...redfish, raid: { hardwareRAIDVolumes: [{ level: '1' }], softwareRAIDVolumes: [{ level: '1' }] } },
    ['spec.raid'],
  ],
  [
    'an interface by both',
    { ...redfish, networkInterfaces: [{ name: 'a', macAddress: 'aa:bb:cc:dd:ee:01' }] },
    ['spec.networkInterfaces[0]'],
  ],
])('%s', (_name, spec, fields) => {
  expect(refusals(spec)).toEqual(fields);
});

test('names that are UUIDs are refused', () => {
  expect(refusals(redfish, { name: '5c6e2f11-0000-4000-8000-000000000001' })).toEqual(['metadata.name']);
});

const mac = { ...redfish, bootMACAddress: 'aa:bb:cc:dd:ee:01' };
const other = bmc('redfish://192.168.1.11');
const provisioned = (more: object = {}) => ({ provisioning: { state: 'provisioned' }, ...more });
test.each([
  ['another BMC while it is registering', other, { spec: redfish, status: { provisioning: { state: 'registering' } } }, []],
  ['another BMC when it is provisioned', other, { spec: redfish, status: provisioned() }, ['spec.bmc.address']],
  ['another BMC when it is detached', other, { spec: redfish, status: provisioned({ operationalStatus: 'detached' }) }, []],
  [
    'another BMC when the old one lets nobody in',
    other,
    { spec: redfish, status: provisioned({ errorType: 'provisioned registration error' }) },
    [],
  ],
  ['another MAC', { ...mac, bootMACAddress: 'aa:bb:cc:dd:ee:02' }, { spec: mac }, ['spec.bootMACAddress']],
  ['the same MAC in capitals', { ...mac, bootMACAddress: 'AA:BB:CC:DD:EE:01' }, { spec: mac }, []],
  [
    'externally provisioned too late',
    { ...redfish, externallyProvisioned: true },
    { spec: redfish, status: provisioned() },
    ['spec.externallyProvisioned'],
  ],
])('change: %s', (_name, spec, was, fields) => {
  expect(refusals(spec, {}, was)).toEqual(fields);
});

test('what has no effect draws a warning', () => {
  const warnings = (spec: object) => BareMetalHost.warnings?.({ metadata: { name: 'h' }, spec } as never) ?? [];
  expect(warnings(SEED)).toEqual([expect.stringContaining('no driver for ipmi yet'), expect.stringContaining('hardwareProfile')]);
  expect(warnings(bmc('redfish://192.168.1.10'))).toEqual([expect.stringContaining('virtual media')]);
  expect(warnings(redfish)).toEqual([]);
  expect(warnings({ ...redfish, raid: {}, customDeploy: { method: 'x' } })).toHaveLength(2);
  expect(warnings({ ...redfish, bootMode: 'legacy' })).toEqual([expect.stringContaining('under UEFI only')]);
});

test('columns are upstream’s', () => {
  expect(BareMetalHost.columns.filter(({ wide }) => !wide).map(({ name }) => name)).toEqual([
    'State',
    'Consumer',
    'Online',
    'Error',
    'Age',
  ]);
});
