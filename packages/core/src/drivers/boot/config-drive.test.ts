import { expect, test } from 'vitest';
import { buildConfigDrive } from './config-drive.ts';
import { readIso, textOf } from './iso9660-read.ts';

test('a config drive has its label and the three OpenStack files', () => {
  const iso = readIso(buildConfigDrive({ metaData: { uuid: 'u1' }, userData: '#cloud-config\n', networkData: '{"links":[]}' }));
  expect(iso.label).toBe('config-2');
  expect(JSON.parse(textOf(iso, 'openstack/latest/meta_data.json') ?? '')).toEqual({ uuid: 'u1' });
  expect(textOf(iso, 'openstack/latest/user_data')).toBe('#cloud-config\n');
  expect(textOf(iso, 'openstack/latest/network_data.json')).toBe('{"links":[]}');
});

test('network data is left out where there is none', () => {
  const iso = readIso(buildConfigDrive({ metaData: '{}', userData: 'x' }));
  expect(textOf(iso, 'openstack/latest/network_data.json')).toBeUndefined();
});
