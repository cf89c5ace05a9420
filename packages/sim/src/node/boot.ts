/**
 * The operating system of a simulated server: reads its config drive, does what cloud-init and kubeadm would do, and becomes a node.
 * After a reboot it goes on where it was; a newly written disk starts anew.
 */
import { createHash } from 'node:crypto';
import type { SiteNetwork } from '../network.ts';
import type { BootNode, NodeHardware } from '../node-contract.ts';
import { readConfigDrive } from './cloud-config.ts';
import { kubeadmInit, kubeadmJoin, resume } from './kubeadm.ts';
import { type Joined, KubeadmError, lasts, type Machine } from './machine.ts';

/** cloud-init's own stages before runcmd. */
const CLOUD_INIT_SECONDS = 10;

/** What is on a server's disk besides the image: whether cloud-init has run for this instance, and what came of it. */
interface Disk {
  drive: string;
  joined?: Joined;
  failed?: boolean;
}

const disks = new WeakMap<SiteNetwork, Map<string, Disk>>();

/** Boots. */
export const bootNode: BootNode = (hardware) => {
  const power = new AbortController();
  const machine: Machine = {
    hardware,
    signal: power.signal,
    files: new Map(),
    faults: new Set(),
    stops: [],
    onFault: () => undefined,
  };
  const disk = diskOf(hardware);
  run(machine, disk).catch((error: Error) => {
    if (!power.signal.aborted) hardware.log(`boot failed: ${error.message}`);
  });
  return {
    stop: () => {
      power.abort(new Error('power off'));
      for (const stop of machine.stops.splice(0).reverse()) stop();
    },
    fault: (name, on) => setFault(machine, name, on),
  };
};

async function run(machine: Machine, disk: Disk): Promise<void> {
  const { hardware } = machine;
  if (disk.joined) {
    machine.joined = disk.joined;
    hardware.log('cloud-init: instance is known, nothing to do');
    return resume(machine);
  }
  const config = readConfigDrive(hardware.configDrive);
  if ('problem' in config) return hardware.log(`cloud-init: ${config.problem}`);
  machine.files = config.files;
  await lasts(machine, CLOUD_INIT_SECONDS);
  for (const command of disk.failed ? [] : config.runcmd) {
    if (!(await runCommand(machine, command))) disk.failed = true;
    disk.joined = machine.joined;
  }
  if (machine.faults.has('node-unreachable')) setFault(machine, 'node-unreachable', true);
}

/** Only kubeadm's commands do something; true = exit code 0. A failed command does not keep the next ones from running, as in cloud-init. */
async function runCommand(machine: Machine, command: string): Promise<boolean> {
  const match = /kubeadm (init|join) .*--config[ =](\S+)/.exec(command);
  if (!match) return true;
  try {
    await (match[1] === 'init' ? kubeadmInit(machine, match[2]!) : kubeadmJoin(machine, match[2]!));
    return true;
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    machine.hardware.log(`kubeadm ${match[1]}: error execution phase: ${error.message}`);
    return false;
  }
}

/** node-unreachable cuts the node's servers off as well; the others concern the kubelet alone. */
function setFault(machine: Machine, name: string, on: boolean): void {
  if (on) machine.faults.add(name);
  else machine.faults.delete(name);
  if (name === 'node-unreachable' && machine.joined?.controlPlane) {
    const running = machine.joined.controlPlane.up;
    if (on && running) for (const stop of machine.stops.splice(0).reverse()) stop();
    if (!on && !running) resume(machine);
  }
  machine.onFault();
}

/** The disk of this server, emptied if another config drive was written. */
function diskOf(hardware: NodeHardware): Disk {
  const all = disks.get(hardware.network) ?? new Map<string, Disk>();
  disks.set(hardware.network, all);
  const drive = createHash('sha256').update(hardware.configDrive).update(hardware.image.url).digest('hex');
  const known = all.get(hardware.seed);
  if (known?.drive === drive) return known;
  const made: Disk = { drive };
  all.set(hardware.seed, made);
  return made;
}
