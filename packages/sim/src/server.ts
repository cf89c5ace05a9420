/** A simulated server: power, POST, boot device, then the agent from CD or the operating system from disk. Costs almost nothing while off. */
import { rootCertificates } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { readIso, textOf } from '@slipway/core/drivers/boot/iso9660-read.ts';
import { type RunningAgent, startAgent } from './agent/agent.ts';
import { kernelArgsOf } from './agent/kernel-args.ts';
import { type SimClock, seededRandom } from './clock.ts';
import type { ServerSpec } from './layout.ts';
import type { HardwareLog } from './log.ts';
import type { SiteNetwork } from './network.ts';
import type { BootNode, RunningNode } from './node-contract.ts';

/** Power as Redfish tells it. */
export type PowerState = 'On' | 'Off' | 'PoweringOn' | 'PoweringOff';
/** What the server does. */
export type Phase = 'off' | 'post' | 'agent' | 'os-boot' | 'os' | 'no-boot-device';

/** What an inserted CD holds, as far as it matters for booting. */
export interface InsertedMedia {
  url: string;
  /** Kernel arguments and CA of an agent ISO; undefined if one cannot boot from it. */
  agent?: { args: Map<string, string>; caPem: string };
}

/** What is on the disk. */
export interface Disk {
  imageUrl: string;
  kubernetesVersion: string;
  /** gzip of the config drive's ISO 9660. */
  configDrive?: Buffer;
  /** What the operating system has written, by name. Goes with the next image. */
  files: Record<string, string>;
}

/** What a server stands in. */
export interface Surroundings {
  network: SiteNetwork;
  clock: SimClock;
  log: HardwareLog;
  seed: string;
  bootNode: BootNode;
  /**
   * PEM of the certificates inside the site that an agent trusts for images. The real one trusts what its boot medium says alone
   * (Site.spec.agentImage.caBundle); here they are made anew at each start, when the Sites are registered already.
   */
  siteCa: string[];
  /** Power or disk of a server has changed. */
  changed(): void;
}

/** A server and its state. Changed by its BMC (power, boot, media), its agent (disk) and faults. */
export interface SimServer {
  readonly spec: ServerSpec;
  readonly around: Surroundings;
  readonly random: () => number;
  readonly faults: Set<string>;
  /** Its switch is down: it reaches nobody and nobody reaches it. */
  cut: boolean;
  power: PowerState;
  phase: Phase;
  /** What the BMC claims instead, under the fault bmc-lies. */
  claimed?: PowerState;
  bootOnce?: 'Cd' | 'Pxe' | 'Hdd';
  bootMode: 'UEFI' | 'Legacy';
  media: InsertedMedia | null;
  disk: Disk | null;
  agent?: RunningAgent;
  node?: RunningNode;
  /** Ends whatever runs between power on and power off. */
  life?: AbortController;
}

/** Durations in simulated seconds; each is varied by up to 10 % by the server's own random numbers. */
export const DURATIONS = { power: 3, post: 90, agentBoot: 60, osBoot: 90 } as const;

/** A server, powered off and empty. */
export function makeServer(spec: ServerSpec, around: Surroundings): SimServer {
  const random = seededRandom(`${around.seed}/${spec.name}`);
  return {
    spec,
    around,
    random,
    faults: new Set(),
    cut: false,
    power: 'Off',
    phase: 'off',
    bootMode: 'UEFI',
    media: null,
    disk: null,
  };
}

/** Waits a duration, varied by up to 10 %. */
export function lasts(server: SimServer, seconds: number, signal?: AbortSignal): Promise<void> {
  return server.around.clock.sleep(seconds * (0.9 + 0.2 * server.random()), signal);
}

/** Sets the power as a BMC does: at once accepted, reached a little later. Nothing if it is so already. */
export function setPower(server: SimServer, on: boolean): void {
  if (server.faults.has('power-stuck')) return;
  if (server.faults.has('bmc-lies')) {
    server.claimed = on ? 'On' : 'Off';
    return;
  }
  if (on === (server.power === 'On' || server.power === 'PoweringOn')) return;
  server.around.log.add(server.spec.name, on ? 'power-on' : 'power-off');
  stopAll(server);
  server.power = on ? 'PoweringOn' : 'PoweringOff';
  server.around.changed();
  const life = new AbortController();
  server.life = life;
  void switchPower(server, on, life.signal).catch(() => undefined);
}

/** Goes on as a server that was on when the simulator ended: through POST to its boot device. */
export function resumePower(server: SimServer): void {
  server.power = 'On';
  server.life = new AbortController();
  void run(server, server.life.signal).catch(() => undefined);
}

/** Restarts a server that is on. */
export function restart(server: SimServer): void {
  if (server.power !== 'On') return;
  server.around.log.add(server.spec.name, 'power-off', 'restart');
  stopAll(server);
  server.life = new AbortController();
  void run(server, server.life.signal).catch(() => undefined);
}

/** Stops agent and operating system without a word, as a power cut does. */
export function stopAll(server: SimServer): void {
  server.life?.abort(new Error('power off'));
  server.life = undefined;
  if (server.agent) server.around.log.add(server.spec.name, 'agent-stop');
  if (server.node) server.around.log.add(server.spec.name, 'os-stop');
  server.agent?.stop();
  server.node?.stop();
  server.agent = undefined;
  server.node = undefined;
  server.phase = 'off';
}

/** What a downloaded ISO holds for booting; undefined members if it is not an agent ISO. */
export function mediaOf(url: string, iso: Uint8Array): InsertedMedia {
  const content = readIso(iso);
  const grub = textOf(content, 'boot/grub/grub.cfg');
  const args = grub === undefined ? undefined : kernelArgsOf(grub);
  const bootable = content.boot.some((image) => image.platform === 'UEFI');
  if (!args || !bootable) return { url };
  return { url, agent: { args, caPem: privateOnes(textOf(content, 'etc/ironic-python-agent/ironic.crt') ?? '') } };
}

/** Without the public CAs: nobody in a simulated site has a certificate of theirs, and to parse them for each connection costs 10 ms. */
function privateOnes(pems: string): string {
  const found = pems.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  // A copy: a piece of the text would keep all of it in memory, for each server.
  return Buffer.from(found.filter((pem) => !PUBLIC.has(pem)).join('\n')).toString();
}

const PUBLIC = new Set(rootCertificates);

async function switchPower(server: SimServer, on: boolean, signal: AbortSignal): Promise<void> {
  await lasts(server, DURATIONS.power, signal);
  server.power = on ? 'On' : 'Off';
  if (on) await run(server, signal);
}

async function run(server: SimServer, signal: AbortSignal): Promise<void> {
  server.phase = 'post';
  await lasts(server, DURATIONS.post, signal);
  const device = server.bootOnce ?? 'Hdd';
  server.bootOnce = undefined;
  if (device === 'Cd' && server.media?.agent) return bootAgent(server, server.media.agent, signal);
  if (server.disk && !server.faults.has('disk-missing')) return bootDisk(server, server.disk, signal);
  server.phase = 'no-boot-device';
  server.around.log.add(server.spec.name, 'no-boot-device');
}

async function bootAgent(server: SimServer, media: NonNullable<InsertedMedia['agent']>, signal: AbortSignal): Promise<void> {
  server.phase = 'agent';
  await lasts(server, DURATIONS.agentBoot, signal);
  if (server.faults.has('agent-dies')) return;
  server.around.log.add(server.spec.name, 'agent-start');
  server.agent = await startAgent(server, media, signal);
}

async function bootDisk(server: SimServer, disk: Disk, signal: AbortSignal): Promise<void> {
  server.phase = 'os-boot';
  await lasts(server, DURATIONS.osBoot, signal);
  server.phase = 'os';
  const { network, clock, log, seed, bootNode } = server.around;
  const { name, ip } = server.spec;
  log.add(name, 'os-start', `${disk.imageUrl} ${disk.kubernetesVersion}`);
  server.node = bootNode({
    network,
    ip,
    image: { url: disk.imageUrl, kubernetesVersion: disk.kubernetesVersion },
    configDrive: disk.configDrive ? gunzipSync(disk.configDrive) : Buffer.alloc(0),
    disk: {
      read: (name) => disk.files[name],
      write: (name, content) => {
        disk.files[name] = content;
        server.around.changed();
      },
    },
    clock,
    seed: `${seed}/${name}`,
    log: (line) => log.add(name, 'node', line),
  });
  for (const fault of server.faults) if (isNodeFault(fault)) server.node.fault(fault, true);
  if (server.cut) server.node.fault('node-unreachable', true);
}

/** The network as this server's BMC and agent reach it: not at all while its switch is down. */
export function networkOf(server: SimServer): SiteNetwork {
  const { network } = server.around;
  if (!server.cut) return network;
  const connect = async (host: string, port: number): Promise<never> => {
    throw Object.assign(new Error(`connect EHOSTUNREACH ${host}:${port}`), { code: 'EHOSTUNREACH' });
  };
  return { listen: (...listener) => network.listen(...listener), connect };
}

/** Faults that the operating system carries out, not the hardware. */
export function isNodeFault(name: string): boolean {
  return name === 'node-notready' || name === 'kubelet-dead' || name === 'node-unreachable';
}
