/** What stands where: two sites of racks of servers of three vendors. Deterministic; sizes can be set for benchmarks. */
import { createHash } from 'node:crypto';

/** Makers of simulated servers; each has its own Redfish personality. */
export type Vendor = 'dell' | 'hpe' | 'supermicro';
/** Value of the label `role` on a host. */
export type Role = 'control-plane' | 'worker' | 'spare';

/** One server, as it was bought and screwed in. */
export interface ServerSpec {
  /** BareMetalHost name: the seed's own `server-rack1-u10` and `spare-01` are among them. */
  name: string;
  site: string;
  rack: string;
  /** Lowest unit. */
  unit: number;
  vendor: Vendor;
  model: string;
  role: Role;
  serialNumber: string;
  uuid: string;
  bmcAddress: string;
  username: string;
  password: string;
  /** Address that DHCP gives to agent and operating system. */
  ip: string;
  /** Boot MAC first. */
  macs: string[];
  memoryGiB: number;
  cores: number;
}

/** A site and its racks. */
export interface SiteSpec {
  name: string;
  displayName: string;
  racks: { name: string; row: string; hall: string; servers: ServerSpec[] }[];
  /** Networks of its BMCs, CIDR. */
  bmcNetworks: string[];
  /** Address prefixes that exist inside: BMCs, machines, virtual IPs, services. */
  prefixes: string[];
}

/** The whole datacentre. */
export interface Layout {
  sites: SiteSpec[];
}

/** How large a site is. */
export interface SiteSize {
  name: string;
  racks: number;
  serversPerRack: number;
  /** Servers in all, if the last rack is not full. */
  servers?: number;
  /** How many are for control planes; one eighth unless given. */
  controlPlanes?: number;
  /** How many are spares; one quarter unless given. */
  spares?: number;
}

/** How large. */
export interface LayoutOptions {
  sites: SiteSize[];
}

/** fra1 with 4 racks of 12, fra2 with 2 racks of 8. */
export const DEFAULT_LAYOUT: LayoutOptions = {
  sites: [
    { name: 'fra1', racks: 4, serversPerRack: 12 },
    { name: 'fra2', racks: 2, serversPerRack: 8, controlPlanes: 3, spares: 2 },
  ],
};

const VENDORS: { vendor: Vendor; models: [string, number, number][] }[] = [
  { vendor: 'dell', models: [['PowerEdge R650', 256, 32]] },
  { vendor: 'hpe', models: [['ProLiant DL360 Gen11', 256, 32]] },
  { vendor: 'supermicro', models: [['SYS-120U-TNR', 192, 28]] },
];

/** Lays the datacentre out: deterministic, no randomness at all. */
export function makeLayout(options: LayoutOptions = DEFAULT_LAYOUT): Layout {
  const counters = { server: 0, rack: 0, block: 0, spare: 0 };
  return { sites: options.sites.map((site, index) => makeSite(site, index, counters)) };
}

/** One site of that many servers, in racks of 40, a quarter of them for control planes and no spares: for benchmarks. */
export function layoutOfHosts(servers: number): Layout {
  const size = { name: 'fra1', racks: Math.ceil(servers / 40), serversPerRack: 40, servers };
  return makeLayout({ sites: [{ ...size, controlPlanes: Math.ceil(servers / 4), spares: 0 }] });
}

/** All servers of a layout. */
export function serversOf(layout: Layout): ServerSpec[] {
  return layout.sites.flatMap((site) => site.racks.flatMap((rack) => rack.servers));
}

interface Counters {
  server: number;
  rack: number;
  /** The third number of 192.168.x and 10.0.x addresses; 200 servers each. */
  block: number;
  spare: number;
}

const PER_BLOCK = 200;
const RACKS_PER_ROW = 4;

function makeSite(site: SiteSize, siteIndex: number, counters: Counters): SiteSpec {
  const total = site.servers ?? site.racks * site.serversPerRack;
  const firstBlock = counters.block + 1;
  const blocks = Math.ceil(total / PER_BLOCK);
  counters.block += blocks;
  const numbers = Array.from({ length: blocks }, (_, block) => firstBlock + block);
  const roles = rolesOf(site);
  let inSite = 0;
  const racks = Array.from({ length: site.racks }, (_, rackIndex) => {
    const name = `rack${++counters.rack}`;
    const left = Math.min(site.serversPerRack, total - rackIndex * site.serversPerRack);
    const servers = Array.from({ length: left }, (_, slot) => {
      const place = { site: site.name, rack: name, unit: unitOf(slot, site.serversPerRack), role: roles[rackIndex]![slot]! };
      return makeServer(place, counters, `${firstBlock + Math.floor(inSite / PER_BLOCK)}.${10 + (inSite++ % PER_BLOCK)}`);
    });
    return { name, row: String(1 + Math.floor(rackIndex / RACKS_PER_ROW)), hall: 'hall-a', servers };
  });
  return {
    name: site.name,
    displayName: siteIndex === 0 ? 'Frankfurt 1' : siteIndex === 1 ? 'Frankfurt 2' : site.name,
    racks,
    bmcNetworks: numbers.map((number) => `192.168.${number}.0/24`),
    prefixes: [...numbers.map((number) => `192.168.${number}.`), '10.0.', '10.1.'],
  };
}

/** From U10 upwards, two units apart; dense racks start at U1, one unit apart. */
function unitOf(slot: number, perRack: number): number {
  return perRack <= 16 ? 10 + 2 * slot : 1 + (slot % 42);
}

/** Roles by rack and slot, spread over the racks: control planes first in each rack, spares last. */
function rolesOf(site: SiteSize): Role[][] {
  const { racks, serversPerRack } = site;
  const total = site.servers ?? racks * serversPerRack;
  const controlPlanes = site.controlPlanes ?? Math.max(1, Math.round(total / 8));
  const spares = site.spares ?? Math.floor(total / 4);
  const share = (count: number, rack: number) => Math.floor(count / racks) + (rack < count % racks ? 1 : 0);
  return Array.from({ length: racks }, (_, rack) => {
    const first = share(controlPlanes, rack);
    const last = serversPerRack - share(spares, rack);
    return Array.from(
      { length: serversPerRack },
      (_, slot): Role => (slot < first ? 'control-plane' : slot >= last ? 'spare' : 'worker'),
    );
  });
}

function makeServer(place: Pick<ServerSpec, 'site' | 'rack' | 'unit' | 'role'>, counters: Counters, tail: string): ServerSpec {
  const index = counters.server++;
  const maker = VENDORS[index % VENDORS.length]!;
  const [model, memoryGiB, cores] = maker.models[0]!;
  const name =
    place.role === 'spare' ? `spare-${String(++counters.spare).padStart(2, '0')}` : `server-${place.rack}-u${place.unit}`;
  const digest = createHash('sha256').update(`slipway server ${index}`).digest('hex');
  return {
    ...place,
    name,
    vendor: maker.vendor,
    model,
    serialNumber: digest.slice(0, 7).toUpperCase(),
    uuid: `${digest.slice(8, 16)}-${digest.slice(16, 20)}-4${digest.slice(21, 24)}-a${digest.slice(25, 28)}-${digest.slice(28, 40)}`,
    bmcAddress: `192.168.${tail}`,
    username: 'admin',
    password: `sim-${digest.slice(40, 56)}`,
    ip: `10.0.${tail}`,
    // The seed's first host has aa:bb:cc:dd:ee:01. Second ports have another prefix.
    macs: [macOf(0xaabbccddee01 + index), macOf(0xaabbcd000001 + index)],
    memoryGiB,
    cores,
  };
}

function macOf(number: number): string {
  return number
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?!$)/g, '$&:');
}
