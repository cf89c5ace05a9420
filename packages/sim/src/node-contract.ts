/** What a server hands to the operating system that boots from its disk (packages/sim/src/node). */
import type { SimClock } from './clock.ts';
import type { SiteNetwork } from './network.ts';

/** A server as its operating system sees it. */
export interface NodeHardware {
  network: SiteNetwork;
  ip: string;
  image: { url: string; kubernetesVersion: string };
  /** ISO 9660 as the agent wrote it; empty if none was written. */
  configDrive: Buffer;
  /** Files that survive reboots, also those of the simulator; gone with the next image. */
  disk?: { read(name: string): string | undefined; write(name: string, content: string): void };
  clock: SimClock;
  seed: string;
  log(line: string): void;
}

/** A running operating system. */
export interface RunningNode {
  stop(): void;
  /** node-notready, kubelet-dead, node-unreachable. */
  fault(name: string, on: boolean): void;
}

/** Boots from disk. */
export type BootNode = (hardware: NodeHardware) => RunningNode;
