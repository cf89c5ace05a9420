/** A booted operating system: what its parts share. */
import type { NodeHardware } from '../node-contract.ts';
import type { ControlPlane, SimCluster } from '../workload/cluster.ts';
import type { Files } from './node-disk.ts';

/** What the node is once kubeadm has done its part. */
export interface Joined {
  cluster: SimCluster;
  name: string;
  controlPlane?: ControlPlane;
}

/** A running system. */
export interface Machine {
  hardware: NodeHardware;
  disk: Files;
  signal: AbortSignal;
  files: Map<string, string>;
  faults: Set<string>;
  joined?: Joined;
  /** Stops what runs, last started first. */
  stops: (() => void)[];
  /** Called when a fault is set or cleared. */
  onFault: () => void;
}

/** A failure of kubeadm, with its own text. */
export class KubeadmError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KubeadmError';
  }
}

/** Waits simulated seconds; ends with the machine's power. */
export function lasts(machine: Machine, seconds: number): Promise<void> {
  return machine.hardware.clock.sleep(seconds, machine.signal);
}
