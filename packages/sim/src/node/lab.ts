/** For tests: a site of nothing but nodes, with config drives as core makes them. */
import type { Role } from '@slipway/core/bootstrap/inputs.ts';
import { makeClock } from '../clock.ts';
import { makeNetwork, type Network } from '../network.ts';
import type { RunningNode } from '../node-contract.ts';
import { clustersOf, type SimCluster } from '../workload/cluster.ts';
import { bootNode } from './boot.ts';
import { type DriveMore, type Drives, makeDrives } from './lab-drives.ts';
import { type Files, filesIn } from './node-disk.ts';

/** A lab. */
export interface Lab extends Omit<Drives, 'drive'> {
  readonly network: Network;
  lines: string[];
  boot: (name: string, role: Role, more?: BootMore) => Promise<RunningNode>;
  cluster: () => SimCluster;
  /** What a node has on its disk. */
  disk: (name: string) => Files;
  /**
   * Ends the simulator (`kill`: without a word to its nodes) and starts another one with the same disks and nothing else. The nodes
   * that were booted boot again, but for those in `without`.
   */
  restart: (how: 'stop' | 'kill', without?: string[]) => Promise<void>;
  close: () => void;
}

/** What a test may want otherwise. */
export interface BootMore extends DriveMore {
  imageVersion?: string;
}

/** A lab whose hardware is `speed` times faster than real. */
export async function makeLab(speed = 1000): Promise<Lab> {
  const { drive, ...drives } = await makeDrives();
  const clock = makeClock(speed);
  const lines: string[] = [];
  const configDrives = new Map<string, Buffer>();
  const addresses = new Map<string, string>();
  const disks = new Map<string, Map<string, string>>();
  let network = makeNetwork(['10.0.']);
  let nodes: { node: RunningNode; again: () => Promise<RunningNode>; name: string }[] = [];

  async function boot(name: string, role: Role, more: BootMore = {}): Promise<RunningNode> {
    const configDrive = configDrives.get(name) ?? (await drive(name, role, more));
    configDrives.set(name, configDrive);
    const ip = addresses.get(name) ?? `10.0.1.${10 + addresses.size}`;
    addresses.set(name, ip);
    const kubernetesVersion = more.imageVersion ?? more.version ?? 'v1.32.0';
    const image = { url: `https://images.example.com/${kubernetesVersion}`, kubernetesVersion };
    const log = (line: string) => lines.push(`${name}: ${line}`);
    const node = bootNode({ network, ip, image, configDrive, disk: filesIn(diskOf(name)), clock, seed: `lab/${name}`, log });
    nodes.push({ node, name, again: () => boot(name, role, more) });
    return node;
  }

  function diskOf(name: string): Map<string, string> {
    const found = disks.get(name) ?? new Map<string, string>();
    disks.set(name, found);
    return found;
  }

  return {
    ...drives,
    get network() {
      return network;
    },
    lines,
    boot,
    disk: (name) => filesIn(diskOf(name)),
    cluster: () => [...clustersOf(network).values()][0]!,
    restart: async (how, without = []) => {
      // What ends after a kill writes to a disk that nobody reads any more.
      if (how === 'kill') for (const [name, disk] of disks) disks.set(name, new Map(disk));
      const before = nodes;
      nodes = [];
      for (const { node } of before) node.stop();
      network.close();
      network = makeNetwork(['10.0.']);
      for (const { name, again } of before) if (!without.includes(name)) await again();
    },
    close: () => {
      for (const { node } of nodes) node.stop();
      network.close();
    },
  };
}

/** Looks until `holds`, at most ten seconds. */
export async function until(what: string, holds: () => unknown): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
