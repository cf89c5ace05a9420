/** The inventory that the agent reports: as large and as odd as real ones (lldp, pci devices, dmi, numa). */
import { disksOf } from '../hardware.ts';
import type { SimServer } from '../server.ts';
import { MANAGER_VERSIONS } from './steps.ts';

const FIRMWARE = {
  dell: ['Dell Inc.', '1.15.2'],
  hpe: ['HPE', 'U54'],
  supermicro: ['American Megatrends International, LLC.', '1.8a'],
} as const;
const MAKER = { dell: 'Dell Inc.', hpe: 'HPE', supermicro: 'Supermicro' } as const;
const CPU = 'Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz';

type Args = ReadonlyMap<string, string>;

/** What is posted to the inspection callback: what the collectors named on the kernel line find. */
export function inspectionData(server: SimServer, args: Args): Record<string, unknown> {
  const inventory = inventoryOf(server, args);
  const collectors = (args.get('ipa-inspection-collectors') ?? 'default').split(',');
  const [rootDisk] = [...inventory.disks].sort((a, b) => a.size - b.size);
  return {
    inventory,
    ...(rootDisk ? { root_disk: rootDisk } : {}),
    boot_interface: inventory.boot.pxe_interface,
    configuration: {
      collectors,
      managers: Object.entries(MANAGER_VERSIONS).map(([name, version]) => ({ name, version })),
    },
    ...(collectors.includes('pci-devices') ? { pci_devices: pciDevices() } : {}),
    ...(collectors.includes('dmi-decode') ? { dmi: dmi(server) } : {}),
    error: null,
  };
}

/** The inventory itself. */
export function inventoryOf(server: SimServer, args: Args) {
  const { spec } = server;
  const [vendor, version] = FIRMWARE[spec.vendor];
  return {
    interfaces: spec.macs.map((mac, index) => interfaceOf(server, mac, index, args.has('ipa-collect-lldp'))),
    cpu: {
      model_name: CPU,
      frequency: '3200.0000',
      count: spec.cores * 2,
      architecture: 'x86_64',
      flags: FLAGS,
      socket_count: 2,
    },
    disks: disksOf(spec, server.faults),
    memory: { total: spec.memoryGiB * 1024 ** 3 - 900_000_000, physical_mb: spec.memoryGiB * 1024 },
    bmc_address: spec.bmcAddress,
    bmc_v6address: '::/0',
    bmc_mac: `02:${spec.macs[0]!.slice(3)}`,
    system_vendor: {
      product_name: spec.model,
      serial_number: spec.serialNumber,
      manufacturer: MAKER[spec.vendor],
      firmware: { vendor, version, build_date: '02/17/2024' },
    },
    boot: {
      current_boot_mode: server.bootMode.toLowerCase() === 'legacy' ? 'bios' : 'uefi',
      pxe_interface: args.get('BOOTIF') ?? null,
    },
    hostname: 'localhost.localdomain',
  };
}

function interfaceOf(server: SimServer, mac: string, index: number, withLldp: boolean) {
  const { spec } = server;
  return {
    name: index === 0 ? 'eno1np0' : 'eno2np1',
    mac_address: mac,
    ipv4_address: index === 0 ? spec.ip : null,
    ipv6_address: `fe80::${mac.slice(0, 2)}${mac.slice(3, 5)}:${mac.slice(6, 8)}ff:fe${mac.slice(9, 11)}:${mac.slice(12, 14)}${mac.slice(15)}%eno${index + 1}`,
    has_carrier: true,
    lldp: withLldp ? lldp(spec.rack, spec.unit, index) : [],
    vendor: '0x8086',
    product: '0x159b',
    client_id: null,
    biosdevname: null,
    speed_mbps: 25000,
    pci_address: `0000:31:00.${index}`,
    driver: 'ice',
  };
}

/** Type, and value in hex: chassis id, port id, port description, system name, management address, VLAN. */
function lldp(rack: string, unit: number, port: number): [number, string][] {
  const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');
  return [
    [1, `04${'001c73000001'}`],
    [2, `05${hex(`Ethernet${unit}/${port + 1}`)}`],
    [3, '0078'],
    [4, hex(`${rack} U${unit} port ${port + 1}`)],
    [5, hex(`leaf-${rack}-${port + 1}`)],
    [6, hex('Arista Networks EOS version 4.32.2F running on an Arista DCS-7050SX3-48YC8')],
    [7, '00140014'],
    [8, '0501c0a80101020000000100'],
    [127, '0080c2010001'],
    [127, '0080c20300010764656661756c74'],
    [127, '00120f042400'],
    [0, ''],
  ];
}

function pciDevices() {
  return Array.from({ length: 96 }, (_, index) => ({
    vendor_id: ['8086', '144d', '1a03', '10de'][index % 4],
    product_id: (0x0998 + index * 7).toString(16).padStart(4, '0'),
    class: ['088000', '010802', '030000', '060400'][index % 4],
    revision: '04',
    bus: `0000:${index.toString(16).padStart(2, '0')}:00.0`,
    numa_node_id: index < 48 ? '0' : '1',
  }));
}

function dmi(server: SimServer) {
  const { spec } = server;
  const devices = Array.from({ length: 16 }, (_, index) => ({
    Locator: `DIMM_${'ABCDEFGH'[index % 8]}${1 + Math.floor(index / 8)}`,
    Size: index < 8 ? `${spec.memoryGiB / 8} GB` : 'No Module Installed',
    Type: index < 8 ? 'DDR5' : 'Unknown',
    Speed: index < 8 ? '4800 MT/s' : 'Unknown',
    Manufacturer: index < 8 ? 'Samsung' : 'Not Specified',
    'Serial Number': index < 8 ? `${spec.serialNumber}${index}` : 'Not Specified',
    'Part Number': index < 8 ? 'M321R4GA3BB6-CQKVG' : 'Not Specified',
    Rank: index < 8 ? '2' : 'Unknown',
    'Configured Voltage': index < 8 ? '1.1 V' : 'Unknown',
  }));
  return {
    bios: {
      Vendor: FIRMWARE[spec.vendor][0],
      Version: FIRMWARE[spec.vendor][1],
      'Release Date': '02/17/2024',
      'ROM Size': '32 MB',
    },
    cpu: [0, 1].map((index) => ({
      'Socket Designation': `CPU${index + 1}`,
      Version: CPU,
      'Core Count': String(spec.cores / 2),
      Flags: FLAGS,
    })),
    memory: { 'Maximum Capacity': '8 TB', 'Number Of Devices': '16', devices },
  };
}

const FLAGS = (
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx ' +
  'pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf pni pclmulqdq dtes64 ' +
  'monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes ' +
  'xsave avx f16c rdrand lahf_lm abm 3dnowprefetch cpuid_fault epb cat_l3 ssbd mba ibrs ibpb stibp ibrs_enhanced fsgsbase bmi1 avx2 ' +
  'smep bmi2 erms invpcid cqm rdt_a avx512f avx512dq rdseed adx smap avx512ifma clflushopt clwb intel_pt avx512cd sha_ni avx512bw avx512vl'
).split(' ');
