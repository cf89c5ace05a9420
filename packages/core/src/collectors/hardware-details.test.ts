import { expect, test } from 'vitest';
import { HardwareData } from '../kinds/hardware-data/kind.ts';
import { clean, hardwareDetails, macsOf } from './hardware-details.ts';

const hex = (text: string) => Buffer.from(text).toString('hex');
const INVENTORY = {
  interfaces: [
    {
      name: 'eno1',
      mac_address: 'AA:BB:CC:DD:EE:01',
      ipv4_address: '10.0.0.9',
      ipv6_address: 'fe80::1%eno1',
      vendor: '0x8086',
      product: '0x159b',
      speed_mbps: 25000,
      pci_address: '0000:31:00.0',
      lldp: [[1, '04001c73000001'], [2, `05${hex('Ethernet1/1')}`], [5, hex('leaf-1')], [7, 'zz'], 'nonsense'],
    },
    { name: 'bond0', mac_address: 'not a mac' },
    null,
  ],
  disks: [
    {
      name: '/dev/nvme0n1',
      by_path: '/dev/disk/by-path/pci-0',
      size: 480e9,
      rotational: false,
      model: 'PM9\u0000A3',
      serial: 'S1',
      wwn: null,
    },
    { name: '/dev/sda', size: '4000', rotational: true },
    { name: '/dev/sdb', size: -1, rotational: false },
  ],
  cpu: { model_name: 'Xeon', frequency: '3200.0', count: 64, architecture: 'x86_64', flags: ['vmx', 'fpu', 7] },
  memory: { physical_mb: 262144 },
  system_vendor: {
    manufacturer: 'Dell Inc.',
    product_name: 'R650',
    serial_number: 'X',
    firmware: { vendor: 'Dell', version: '1.2', build_date: '2024' },
  },
  boot: { pxe_interface: '01-aa-bb-cc-dd-ee-01' },
  hostname: 'localhost',
};

test('an inventory as HardwareDetails', () => {
  const hardware = hardwareDetails(INVENTORY);
  const nic = {
    name: 'eno1',
    mac: 'aa:bb:cc:dd:ee:01',
    model: '0x8086 0x159b',
    speedGbps: 25,
    pxe: true,
    pciAddress: '0000:31:00.0',
  };
  const lldp = { switchID: '00:1c:73:00:00:01', portID: 'Ethernet1/1', switchSystemName: 'leaf-1' };
  expect(hardware).toEqual({
    systemVendor: { manufacturer: 'Dell Inc.', productName: 'R650', serialNumber: 'X' },
    firmware: { bios: { vendor: 'Dell', version: '1.2', date: '2024' } },
    ramMebibytes: 262144,
    nics: [
      { ...nic, lldp, ip: '10.0.0.9' },
      { ...nic, lldp, ip: 'fe80::1' },
    ],
    storage: [
      {
        name: '/dev/disk/by-path/pci-0',
        alternateNames: ['/dev/disk/by-path/pci-0', '/dev/nvme0n1'],
        rotational: false,
        type: 'NVME',
        sizeBytes: 480e9,
        model: 'PM9 A3',
        serialNumber: 'S1',
      },
      { name: '/dev/sda', alternateNames: ['/dev/sda'], rotational: true, type: 'HDD', sizeBytes: 4000 },
      { name: '/dev/sdb', alternateNames: ['/dev/sdb'], rotational: false, type: 'SSD' },
    ],
    cpu: { arch: 'x86_64', model: 'Xeon', clockMegahertz: 3200, flags: ['7', 'fpu', 'vmx'], count: 64 },
    hostname: 'localhost',
  });
  expect(HardwareData.schema.spec?.parse({ hardware })).toEqual({ hardware });
  expect(macsOf(hardware as never)).toEqual(['aa:bb:cc:dd:ee:01']);
});

test.each([
  [
    'enormous lists',
    {
      ...INVENTORY,
      interfaces: Array.from({ length: 5000 }, () => INVENTORY.interfaces[0]),
      disks: Array.from({ length: 5000 }, () => INVENTORY.disks[0]),
    },
  ],
  [
    'enormous texts',
    {
      ...INVENTORY,
      hostname: 'x'.repeat(1e6),
      cpu: { model_name: 'y'.repeat(1e6), flags: Array.from({ length: 1e5 }, () => 'z'.repeat(1e3)) },
    },
  ],
  [
    'numbers that are none',
    { ...INVENTORY, memory: { physical_mb: 'NaN' }, cpu: { count: Number.POSITIVE_INFINITY, frequency: {} } },
  ],
  ['lists that are none', { ...INVENTORY, disks: 'x', cpu: [], system_vendor: 7, boot: null }],
])('hostile: %s', (_name, inventory) => {
  const hardware = hardwareDetails(inventory);
  expect(HardwareData.schema.spec?.safeParse({ hardware }).error).toBeUndefined();
  expect(JSON.stringify(hardware).length).toBeLessThan(200_000);
});

test('text is bounded and free of control characters', () => {
  expect(clean('a\u001b[31mb\r\nc', 64)).toBe('a [31mb c');
  expect(clean('abc', 2)).toBe('ab');
  expect([clean('\u0000', 5), clean({}, 5), clean(undefined, 5)]).toEqual([undefined, undefined, undefined]);
});
