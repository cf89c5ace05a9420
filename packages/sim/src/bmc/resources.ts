/** Redfish resources of one simulated server, made when asked for: an idle server holds none. */
import { createHash } from 'node:crypto';
import { disksOf } from '../hardware.ts';
import type { PowerState, SimServer } from '../server.ts';
import type { BmcState } from './bmc-state.ts';
import type { Personality } from './personality.ts';

type Json = Record<string, unknown>;

const ROOT = '/redfish/v1';

/** The paths of one service. */
export function pathsOf(personality: Personality) {
  const system = `${ROOT}/Systems/${personality.systemId}`;
  const manager = `${ROOT}/Managers/${personality.managerId}`;
  const media = `${personality.mediaUnder === 'Systems' ? system : manager}/VirtualMedia`;
  return { system, manager, media, chassis: `${ROOT}/Chassis/${personality.chassisId}` };
}

/** Power as this BMC tells it. */
export function toldPower(server: SimServer): PowerState {
  return server.faults.has('bmc-lies') && server.claimed ? server.claimed : server.power;
}

/** Boot override as this BMC tells it. */
export function toldBoot(server: SimServer, personality: Personality) {
  return {
    BootSourceOverrideEnabled: server.bootOnce ? 'Once' : 'Disabled',
    BootSourceOverrideTarget: server.bootOnce === 'Cd' ? personality.cdTargets[0]! : (server.bootOnce ?? 'None'),
    BootSourceOverrideMode: server.bootMode,
  };
}

/** The resource at a path, or undefined. */
export function resourceAt(server: SimServer, state: BmcState, personality: Personality, path: string): Json | undefined {
  const { system, manager, media, chassis } = pathsOf(personality);
  const named = (type: string, name: string, more: Json): Json => ({
    '@odata.id': path,
    '@odata.type': type,
    Id: path.split('/').at(-1),
    Name: name,
    ...more,
  });
  const collection = (members: string[]) =>
    named('#Collection.Collection', 'Collection', { Members: members.map(link), 'Members@odata.count': members.length });

  switch (path) {
    case ROOT:
      return serviceRoot(server, personality);
    case `${ROOT}/Systems`:
      return collection([system]);
    case `${ROOT}/Managers`:
      return collection([manager]);
    case `${ROOT}/Chassis`:
      return collection([chassis]);
    case `${ROOT}/SessionService`:
      return named('#SessionService.v1_1_8.SessionService', 'Session Service', {
        ServiceEnabled: true,
        SessionTimeout: 1800,
        Sessions: link(`${ROOT}/SessionService/Sessions`),
      });
    case `${ROOT}/SessionService/Sessions`:
      return collection([...state.sessions.values()].map((session) => `${path}/${session.id}`));
    case system:
      return named('#ComputerSystem.v1_20_1.ComputerSystem', 'System', systemOf(server, personality));
    case `${system}/ResetActionInfo`:
      return named('#ActionInfo.v1_3_0.ActionInfo', 'Reset', {
        Parameters: [{ Name: 'ResetType', Required: true, DataType: 'String', AllowableValues: personality.resetTypes }],
      });
    case manager:
      return named('#Manager.v1_17_0.Manager', 'Manager', {
        ManagerType: 'BMC',
        FirmwareVersion: personality.bmcFirmware,
        Status: OK,
        ...(personality.mediaUnder === 'Managers' ? { VirtualMedia: link(media) } : {}),
        Links: { ManagerForServers: [link(system)] },
      });
    case chassis:
      return named('#Chassis.v1_23_0.Chassis', 'Chassis', {
        ChassisType: 'RackMount',
        SerialNumber: server.spec.serialNumber,
        Status: OK,
      });
    case media:
      return collection(personality.slots.map((slot) => `${media}/${slot.id}`));
    case `${system}/EthernetInterfaces`:
      return collection(server.spec.macs.map((_, index) => `${path}/NIC.${index + 1}`));
    case `${system}/Processors`:
      return collection([`${path}/CPU.1`, `${path}/CPU.2`]);
    case `${system}/Memory`:
      return collection(Array.from({ length: 8 }, (_, index) => `${path}/DIMM.${index + 1}`));
    case `${system}/Storage`:
      return collection([`${path}/NVMe.1`]);
    case `${system}/Storage/NVMe.1`:
      return named('#Storage.v1_15_0.Storage', 'NVMe', {
        Drives: disksOf(server.spec, server.faults).map((_, index) => link(`${path}/Drives/${index}`)),
        Status: OK,
      });
    default:
      return memberAt(server, state, personality, path, named);
  }
}

type Named = (type: string, name: string, more: Json) => Json;

/** Members of collections. */
function memberAt(server: SimServer, state: BmcState, personality: Personality, path: string, named: Named): Json | undefined {
  const { system, media } = pathsOf(personality);
  const id = path.split('/').at(-1)!;
  const { spec } = server;
  if (path.startsWith(`${media}/`)) return mediaSlot(server, state, personality, id, named);
  if (path.startsWith(`${ROOT}/TaskService/Tasks/`))
    return named('#Task.v1_7_3.Task', 'Task', { TaskState: 'Completed', TaskStatus: 'OK' });
  if (path.startsWith(`${system}/EthernetInterfaces/NIC.`)) {
    const mac = spec.macs[Number(id.slice(4)) - 1];
    if (!mac) return undefined;
    return named('#EthernetInterface.v1_9_0.EthernetInterface', id, {
      MACAddress: mac.toUpperCase(),
      SpeedMbps: 25000,
      LinkStatus: 'LinkUp',
      Status: OK,
    });
  }
  if (path.startsWith(`${system}/Processors/CPU.`)) {
    return named('#Processor.v1_18_0.Processor', id, {
      Model: CPU_MODEL,
      TotalCores: spec.cores / 2,
      TotalThreads: spec.cores,
      Status: OK,
    });
  }
  if (path.startsWith(`${system}/Memory/DIMM.`)) {
    return named('#Memory.v1_17_1.Memory', id, {
      CapacityMiB: (spec.memoryGiB / 8) * 1024,
      MemoryDeviceType: 'DDR5',
      Status: OK,
    });
  }
  if (path.startsWith(`${system}/Storage/NVMe.1/Drives/`)) {
    const disk = disksOf(spec, server.faults)[Number(id)];
    return (
      disk &&
      named('#Drive.v1_17_0.Drive', disk.name, {
        Model: disk.model,
        SerialNumber: disk.serial,
        CapacityBytes: disk.size,
        MediaType: 'SSD',
        Protocol: 'NVMe',
        Status: OK,
      })
    );
  }
  return undefined;
}

const CPU_MODEL = 'Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz';
const OK = { State: 'Enabled', Health: 'OK', HealthRollup: 'OK' };

function serviceRoot(server: SimServer, personality: Personality): Json {
  return {
    '@odata.id': ROOT,
    '@odata.type': '#ServiceRoot.v1_15_0.ServiceRoot',
    Id: 'RootService',
    Name: 'Root Service',
    RedfishVersion: personality.redfishVersion,
    Vendor: personality.vendor,
    UUID: server.spec.uuid,
    Systems: link(`${ROOT}/Systems`),
    Managers: link(`${ROOT}/Managers`),
    Chassis: link(`${ROOT}/Chassis`),
    SessionService: link(`${ROOT}/SessionService`),
    Links: { Sessions: link(`${ROOT}/SessionService/Sessions`) },
  };
}

function systemOf(server: SimServer, personality: Personality): Json {
  const { spec } = server;
  const { system, manager, media, chassis } = pathsOf(personality);
  const reset = personality.resetInfo
    ? { '@Redfish.ActionInfo': `${system}/ResetActionInfo` }
    : { 'ResetType@Redfish.AllowableValues': personality.resetTypes };
  return {
    SystemType: 'Physical',
    Manufacturer: personality.manufacturer,
    Model: spec.model,
    SerialNumber: spec.serialNumber,
    ...(spec.vendor === 'dell' ? { SKU: spec.serialNumber } : {}),
    UUID: spec.uuid,
    BiosVersion: personality.biosVersion,
    PowerState: toldPower(server),
    Status: OK,
    Boot: {
      ...toldBoot(server, personality),
      'BootSourceOverrideTarget@Redfish.AllowableValues': personality.bootTargets,
      'BootSourceOverrideMode@Redfish.AllowableValues': ['Legacy', 'UEFI'],
    },
    ProcessorSummary: { Count: 2, CoreCount: spec.cores, Model: CPU_MODEL, Status: OK },
    MemorySummary: { TotalSystemMemoryGiB: spec.memoryGiB, Status: OK },
    EthernetInterfaces: link(`${system}/EthernetInterfaces`),
    Processors: link(`${system}/Processors`),
    Memory: link(`${system}/Memory`),
    Storage: link(`${system}/Storage`),
    ...(personality.mediaUnder === 'Systems' ? { VirtualMedia: link(media) } : {}),
    Actions: { '#ComputerSystem.Reset': { target: `${system}/Actions/ComputerSystem.Reset`, ...reset } },
    Links: { ManagedBy: [link(manager)], Chassis: [link(chassis)] },
  };
}

/** A slot. The fault `bmc-links-away` is for tests of clients: its action leads to another host. */
function mediaSlot(server: SimServer, state: BmcState, personality: Personality, id: string, named: Named): Json | undefined {
  const slot = personality.slots.find((each) => each.id === id);
  if (!slot) return undefined;
  const path = `${pathsOf(personality).media}/${id}`;
  const isCd = slot === personality.slots.find((each) => each.types.includes('CD'));
  const lagging = isCd && state.ejectLag > 0;
  if (lagging) state.ejectLag--;
  const url = isCd ? (server.media?.url ?? (lagging ? state.lastImage : null)) : null;
  const elsewhere = server.faults.has('bmc-links-away') ? 'https://192.0.2.1' : '';
  return named('#VirtualMedia.v1_6_2.VirtualMedia', 'Virtual Media', {
    MediaTypes: slot.types,
    Image: url,
    ImageName: url ? url.split('/').at(-1) : null,
    Inserted: url !== null,
    WriteProtected: url !== null,
    ConnectedVia: url === null ? 'NotConnected' : 'URI',
    Actions: {
      '#VirtualMedia.InsertMedia': { target: `${elsewhere}${path}/Actions/VirtualMedia.InsertMedia` },
      '#VirtualMedia.EjectMedia': { target: `${elsewhere}${path}/Actions/VirtualMedia.EjectMedia` },
    },
  });
}

/** The ETag of a resource, weak as real services give it. */
export function etagOf(resource: Json): string {
  return `W/"${createHash('sha1').update(JSON.stringify(resource)).digest('hex').slice(0, 12)}"`;
}

function link(path: string): Json {
  return { '@odata.id': path };
}
