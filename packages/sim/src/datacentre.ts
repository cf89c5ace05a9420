/** The simulated datacentre: sites with networks, proxies, image servers and servers, all on real local ports. */
import { bmcWeb, listenBmc } from './bmc/bmc.ts';
import { newBmcState } from './bmc/bmc-state.ts';
import type { SimBmc } from './bmc/service.ts';
import { makeClock, type SimClock } from './clock.ts';
import { type FaultName, type Faulty, setFault } from './faults.ts';
import { IMAGE_HOST, serveImages } from './images.ts';
import { type Layout, makeLayout, type SiteSpec } from './layout.ts';
import { type HardwareLog, type LogEntry, makeLog } from './log.ts';
import { makeNetwork, type Network } from './network.ts';
import { bootNode } from './node/boot.ts';
import type { BootNode } from './node-contract.ts';
import { type SiteProxy, startProxy } from './proxy.ts';
import { makeServer, type SimServer, stopAll } from './server.ts';
import { keepState, restoreState, type StateFile } from './state-file.ts';
import { makeIdentity } from './tls.ts';

/** How to start one. */
export interface DatacentreOptions {
  seed?: string;
  /** How many times faster than life; 0 = no artificial delays. */
  speed?: number;
  layout?: Layout;
  /** A clock of one's own instead of one of that speed, as tests have. */
  clock?: SimClock;
  /** Port of the first site's proxy, the next site has the next; 0 or undefined = any free ones. */
  firstProxyPort?: number;
  /** File in which power and disks survive the simulator; none = they do not. */
  stateFile?: string;
  onLog?: (entry: LogEntry) => void;
  /** Another operating system than node/boot.ts, in tests of hardware alone. */
  bootNode?: BootNode;
}

/** A running datacentre. */
export interface Datacentre {
  layout: Layout;
  clock: SimClock;
  log: HardwareLog;
  /** URL of each site's HTTP CONNECT proxy. */
  proxyURLs: Record<string, string>;
  networks: Record<string, Network>;
  /** Throws RangeError for a name that does not exist. */
  server(name: string): SimServer;
  servers(): SimServer[];
  /** Switches a fault of a server, or `switch-down` of a rack. Throws RangeError for a name that does not exist. */
  fault(name: FaultName, target: string, on: boolean): void;
  /** A BMC forgets all its sessions, as after its restart. */
  dropSessions(name: string): void;
  /** Others take all session slots of a BMC. */
  fillSessions(name: string): void;
  /** Faults that are on: server or rack, and names. */
  faults(): { target: string; faults: string[] }[];
  stop(): Promise<void>;
}

/** Starts a datacentre. Throws if a port is taken. */
export async function startDatacentre(options: DatacentreOptions = {}): Promise<Datacentre> {
  const layout = options.layout ?? makeLayout();
  const clock = options.clock ?? makeClock(options.speed ?? 60);
  const log = makeLog(options.onLog);
  const images = await makeIdentity(IMAGE_HOST, { dns: [IMAGE_HOST] });
  const bmcIdentity = await makeIdentity('bmc', { dns: ['bmc'] });
  const web = bmcWeb();
  const faulty = new Map<string, Faulty & { bmc: SimBmc }>();
  const networks: Record<string, Network> = {};
  const proxies: SiteProxy[] = [];
  const proxyURLs: Record<string, string> = {};
  const cutRacks = new Set<string>();
  let state: StateFile | undefined;
  const changed = () => state?.changed();

  for (const [index, site] of layout.sites.entries()) {
    const network = makeNetwork(site.prefixes);
    networks[site.name] = network;
    serveImages(network, images);
    const around = {
      network,
      clock,
      log,
      seed: options.seed ?? '1',
      bootNode: options.bootNode ?? bootNode,
      siteCa: [images.certificatePem],
      changed,
    };
    for (const spec of site.racks.flatMap((rack) => rack.servers)) {
      const server = makeServer(spec, around);
      const bmc = { server, state: newBmcState() };
      let listening: { close(): void } | undefined = listenBmc(web, bmc, network, bmcIdentity.context);
      const setBmcListening = (on: boolean) => {
        listening?.close();
        listening = on ? listenBmc(web, bmc, network, bmcIdentity.context) : undefined;
      };
      faulty.set(spec.name, { server, bmc, setBmcListening });
    }
    const proxy = await startProxy(network, options.firstProxyPort ? options.firstProxyPort + index : 0);
    proxies.push(proxy);
    proxyURLs[site.name] = proxy.url;
  }

  const servers = [...faulty.values()].map((each) => each.server);
  if (options.stateFile) {
    restoreState(options.stateFile, servers);
    state = keepState(options.stateFile, servers);
  }
  const find = (name: string) => {
    const found = faulty.get(name);
    if (!found) throw new RangeError(`no server ${name} in the simulated datacentre`);
    return found;
  };
  return {
    layout,
    clock,
    log,
    proxyURLs,
    networks,
    server: (name) => find(name).server,
    servers: () => servers,
    fillSessions: (name) => {
      for (let id = 1000; id < 1016; id++)
        find(name).bmc.state.sessions.set(`other ${id}`, { id: String(id), usedAt: Date.now() });
    },
    dropSessions: (name) => find(name).bmc.state.sessions.clear(),
    fault: (name, target, on) => {
      if (name !== 'switch-down') return setFault(find(target), name, on);
      for (const spec of rackOf(layout, target).servers) setCut(find(spec.name).server, networks[spec.site]!, on);
      if (on) cutRacks.add(target);
      else cutRacks.delete(target);
      log.add(target, 'fault', `switch-down ${on ? 'on' : 'off'}`);
    },
    faults: () => [
      ...[...cutRacks].map((target) => ({ target, faults: ['switch-down'] })),
      ...[...faulty]
        .filter(([, { server }]) => server.faults.size > 0)
        .map(([target, { server }]) => ({ target, faults: [...server.faults] })),
    ],
    stop: async () => {
      // Operating systems write to their disks until they stop.
      for (const server of servers) stopAll(server);
      state?.close();
      state = undefined;
      await Promise.all(proxies.map((proxy) => proxy.close()));
      for (const network of Object.values(networks)) network.close();
    },
  };
}

function rackOf(layout: Layout, name: string): SiteSpec['racks'][number] {
  const found = layout.sites.flatMap((site) => site.racks).find((rack) => rack.name === name);
  if (!found) throw new RangeError(`no rack ${name} in the simulated datacentre`);
  return found;
}

/** Cuts a server and its BMC off, in both directions, or joins them again. */
function setCut(server: SimServer, network: Network, cut: boolean): void {
  server.cut = cut;
  network.setReachable(server.spec.bmcAddress, !cut);
  network.setReachable(server.spec.ip, !cut);
  if (!server.faults.has('node-unreachable')) server.node?.fault('node-unreachable', cut);
}
