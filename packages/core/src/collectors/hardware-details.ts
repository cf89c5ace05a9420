/** The agent's inventory as HardwareData: bounded and cleaned, for what an agent says is hostile text (reference 1.9 and 3.2). */
import { z } from 'zod';
import type { HardwareDetails, HardwareNic, HardwareStorage } from '../kinds/hardware-data/kind.ts';

const MOST_NICS = 128;
const MOST_DISKS = 256;
const MOST_FLAGS = 512;

const text = z
  .unknown()
  .optional()
  .transform((value) => clean(value, 256));
const integer = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = typeof value === 'string' || typeof value === 'number' ? Math.trunc(Number(value)) : Number.NaN;
    return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
  });

const nicSchema = z.object({
  name: text,
  mac_address: text,
  ipv4_address: text,
  ipv6_address: text,
  vendor: text,
  product: text,
  speed_mbps: integer,
  pci_address: text,
  lldp: z.unknown().optional(),
});

const diskSchema = z.object({
  name: text,
  by_path: text,
  model: text,
  vendor: text,
  serial: text,
  size: integer,
  rotational: z.unknown().optional(),
  wwn: text,
  wwn_with_extension: text,
  wwn_vendor_extension: text,
  hctl: text,
});

const record = z.record(z.string(), z.unknown()).catch({});
const list = z.array(z.unknown()).catch([]);
const inventorySchema = z.object({
  interfaces: list,
  disks: list,
  cpu: record,
  memory: record,
  system_vendor: record,
  boot: record,
  hostname: text,
});

/** The hardware an inventory tells of, or why it cannot be used. */
export function hardwareDetails(inventory: unknown): HardwareDetails | string {
  const parsed = inventorySchema.safeParse(inventory);
  if (!parsed.success) return 'the inventory is not an object';
  const { interfaces, disks, cpu, memory, system_vendor: vendor, boot, hostname } = parsed.data;
  const pxe = macOf(
    String(boot.pxe_interface ?? '')
      .replace(/^01-/, '')
      .replaceAll('-', ':'),
  );
  const nics = interfaces.slice(0, MOST_NICS).flatMap((nic) => nicsOf(nic, pxe));
  if (nics.length === 0) return 'the inventory names no network interface with a MAC address';
  const firmware = record.parse(vendor.firmware);
  return compact({
    systemVendor: compact({
      manufacturer: clean(vendor.manufacturer, 256),
      productName: clean(vendor.product_name, 256),
      serialNumber: clean(vendor.serial_number, 256),
    }),
    firmware: {
      bios: compact({
        date: clean(firmware.build_date, 256),
        vendor: clean(firmware.vendor, 256),
        version: clean(firmware.version, 256),
      }),
    },
    ramMebibytes: integer.parse(memory.physical_mb),
    nics,
    storage: disks.slice(0, MOST_DISKS).flatMap(diskOf),
    cpu: cpuOf(cpu),
    hostname,
  });
}

/** All MAC addresses of the hardware, lower case. */
export function macsOf(hardware: HardwareDetails): string[] {
  return [...new Set((hardware.nics ?? []).flatMap(({ mac }) => (mac ? [mac.toLowerCase()] : [])))];
}

function cpuOf(cpu: Record<string, unknown>): HardwareDetails['cpu'] {
  const clock = Number(cpu.frequency);
  return compact({
    arch: clean(cpu.architecture, 64),
    model: clean(cpu.model_name, 256),
    clockMegahertz: Number.isFinite(clock) && clock > 0 ? clock : undefined,
    flags: list
      .parse(cpu.flags)
      .slice(0, MOST_FLAGS)
      .flatMap((flag) => clean(flag, 64) ?? [])
      .sort(),
    count: integer.parse(cpu.count),
  });
}

/** One entry for each address: a dual-stack interface appears twice, as in Metal3. */
function nicsOf(value: unknown, pxe: string | undefined): HardwareNic[] {
  const parsed = nicSchema.safeParse(value);
  const mac = parsed.success ? macOf(parsed.data.mac_address) : undefined;
  if (!parsed.success || !mac) return [];
  const {
    name,
    ipv4_address: v4,
    ipv6_address: v6,
    vendor,
    product,
    speed_mbps: speed,
    pci_address: pciAddress,
    lldp,
  } = parsed.data;
  const model = [vendor, product].filter(Boolean).join(' ');
  const nic = compact({
    name,
    model: model || undefined,
    mac,
    speedGbps: speed === undefined ? undefined : Math.floor(speed / 1000),
    pxe: mac === pxe,
    pciAddress,
    lldp: lldpOf(lldp),
  });
  const addresses = [v4, v6?.split('%')[0]].filter((address) => address !== undefined && address !== '');
  return addresses.length === 0 ? [nic] : addresses.map((ip) => ({ ...nic, ip }));
}

function diskOf(value: unknown): HardwareStorage[] {
  const parsed = diskSchema.safeParse(value);
  if (!parsed.success || !parsed.data.name) return [];
  const disk = parsed.data;
  const rotational = disk.rotational === true || disk.rotational === 'True';
  const names = [disk.by_path, disk.name].filter((name) => name !== undefined);
  return [
    compact({
      name: names[0],
      alternateNames: names,
      rotational,
      type: disk.name?.startsWith('/dev/nvme') ? ('NVME' as const) : rotational ? ('HDD' as const) : ('SSD' as const),
      sizeBytes: disk.size,
      vendor: disk.vendor,
      model: disk.model,
      serialNumber: disk.serial,
      wwn: disk.wwn,
      wwnWithExtension: disk.wwn_with_extension,
      wwnVendorExtension: disk.wwn_vendor_extension,
      hctl: disk.hctl,
    }),
  ];
}

/** LLDP as pairs of type and hexadecimal value: chassis 1, port 2, system name 5 (IEEE 802.1AB). */
function lldpOf(value: unknown): HardwareNic['lldp'] {
  const pairs = list.parse(value).slice(0, 64);
  const found = (type: number) => {
    const pair = pairs.find((each) => Array.isArray(each) && each[0] === type) as unknown[] | undefined;
    return pair && typeof pair[1] === 'string' && /^([0-9a-fA-F]{2}){1,512}$/.test(pair[1])
      ? Buffer.from(pair[1], 'hex')
      : undefined;
  };
  const lldp = compact({
    switchID: idOf(found(1), 4),
    portID: idOf(found(2), 3),
    switchSystemName: clean(found(5)?.toString('utf8'), 256),
  });
  return Object.keys(lldp).length > 0 ? lldp : undefined;
}

/** The first byte says what the rest is: a MAC address, or text. */
function idOf(bytes: Buffer | undefined, macSubtype: number): string | undefined {
  if (!bytes || bytes.length < 2) return undefined;
  const rest = bytes.subarray(1);
  if (bytes[0] === macSubtype && rest.length === 6) return rest.toString('hex').replace(/(..)(?!$)/g, '$1:');
  return clean(rest.toString('utf8'), 256);
}

function macOf(value: string | undefined): string | undefined {
  const mac = value?.toLowerCase();
  return mac && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac) ? mac : undefined;
}

/** Text without control characters, bounded; undefined for what is no text, or empty. */
export function clean(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return (
    String(value)
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, most) || undefined
  );
}

/** Without undefined fields. */
function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}
