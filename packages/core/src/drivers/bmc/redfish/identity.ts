/** Identity and inventory out of band. */
import type { BmcIdentity, BmcInventory, Inventory } from '../bmc.ts';
import type { Resource } from './http.ts';
import { powerOf } from './power.ts';
import { linkAt, linksAt, numberAt, RedfishRefused, textAt } from './resource.ts';
import type { RedfishService } from './service.ts';

/** Reads who this server is. */
export async function redfishIdentity(service: RedfishService): Promise<BmcIdentity> {
  const { resource: system } = await service.system();
  const managerPath = await service.managerPath(system);
  const manager = managerPath ? await service.client.get(managerPath) : {};
  const mode = textAt(system, 'Boot', 'BootSourceOverrideMode');
  const health = textAt(system, 'Status', 'HealthRollup') || textAt(system, 'Status', 'Health');
  return {
    systemId: textAt(system, 'Id'),
    manufacturer: textAt(system, 'Manufacturer'),
    model: textAt(system, 'Model'),
    // Dell puts the service tag, which is on the sticker, into SKU.
    serialNumber: (textAt(system, 'Manufacturer').includes('Dell') && textAt(system, 'SKU')) || textAt(system, 'SerialNumber'),
    uuid: textAt(system, 'UUID').toLowerCase(),
    bmcFirmware: textAt(manager, 'FirmwareVersion'),
    biosVersion: textAt(system, 'BiosVersion'),
    power: powerOf(textAt(system, 'PowerState')),
    ...(mode === 'UEFI' || mode === 'Legacy' ? { bootMode: mode } : {}),
    ...(health ? { health } : {}),
  };
}

const MOST_NICS = 64;
const MOST_DISKS = 256;

/** The inventory capability. */
export function redfishInventory(service: RedfishService): Inventory {
  return { read: () => readInventory(service) };
}

async function readInventory(service: RedfishService): Promise<BmcInventory> {
  const { resource: system } = await service.system();
  const unread: BmcInventory['unread'] = [];
  /** A part that the BMC refuses or fails to tell does not take the others with it. */
  const part = async (name: 'nics' | 'disks', read: () => Promise<Resource[]>): Promise<Resource[]> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RedfishRefused)) throw error;
      unread.push(name);
      return [];
    }
  };
  const nics = await part('nics', () => membersOf(service, linkAt(system, 'EthernetInterfaces'), MOST_NICS));
  const disks = await part('disks', () => drivesOf(service, system));
  return {
    cpu: {
      count: numberAt(system, 'ProcessorSummary', 'Count') ?? 0,
      cores: numberAt(system, 'ProcessorSummary', 'CoreCount') ?? 0,
      model: textAt(system, 'ProcessorSummary', 'Model'),
    },
    memoryMebibytes: Math.round((numberAt(system, 'MemorySummary', 'TotalSystemMemoryGiB') ?? 0) * 1024),
    nics: nics.map(nicOf),
    disks: disks.map((disk) => ({
      name: textAt(disk, 'Name'),
      model: textAt(disk, 'Model'),
      serialNumber: textAt(disk, 'SerialNumber'),
      sizeBytes: numberAt(disk, 'CapacityBytes') ?? 0,
      rotational: textAt(disk, 'MediaType') === 'HDD',
    })),
    unread,
  };
}

async function drivesOf(service: RedfishService, system: Resource): Promise<Resource[]> {
  const disks: Resource[] = [];
  for (const controller of await membersOf(service, linkAt(system, 'Storage'), 16)) {
    for (const drive of linksAt(controller, MOST_DISKS - disks.length, 'Drives')) disks.push(await service.client.get(drive));
  }
  return disks;
}

function nicOf(nic: Resource): BmcInventory['nics'][number] {
  const link = textAt(nic, 'LinkStatus');
  return {
    name: textAt(nic, 'Id'),
    mac: (textAt(nic, 'MACAddress') || textAt(nic, 'PermanentMACAddress')).toLowerCase(),
    ...(numberAt(nic, 'SpeedMbps') === undefined ? {} : { speedMbps: numberAt(nic, 'SpeedMbps')! }),
    ...(link ? { linkUp: link === 'LinkUp' } : {}),
  };
}

async function membersOf(service: RedfishService, collection: string | undefined, most: number): Promise<Resource[]> {
  if (!collection) return [];
  const members: Resource[] = [];
  for (const link of linksAt(await service.client.get(collection), most, 'Members')) members.push(await service.client.get(link));
  return members;
}
