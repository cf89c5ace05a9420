/**
 * The operating system of a simulated server: reads its config drive, does what cloud-init and kubeadm would do, and becomes a node.
 * After a reboot it goes on where it was; a newly written disk starts anew.
 */
import { caCertHash } from '@slipway/core/bootstrap/pki.ts';
import type { BootNode } from '../node-contract.ts';
import { readConfigDrive } from './cloud-config.ts';
import { kubeadmInit, kubeadmJoin } from './kubeadm.ts';
import { KubeadmError, lasts, type Machine } from './machine.ts';
import { filesOf, hasFailed, noteFailure, readIdentity, writeIdentity } from './node-disk.ts';
import { rejoin, resume } from './resume.ts';

/** cloud-init's own stages before runcmd. */
const CLOUD_INIT_SECONDS = 10;

/** Boots. */
export const bootNode: BootNode = (hardware) => {
  const power = new AbortController();
  const machine: Machine = {
    hardware,
    disk: filesOf(hardware),
    signal: power.signal,
    files: new Map(),
    faults: new Set(),
    stops: [],
    onFault: () => undefined,
  };
  run(machine).catch((error: Error) => {
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

async function run(machine: Machine): Promise<void> {
  const { hardware, disk } = machine;
  const identity = readIdentity(disk);
  if (identity) {
    hardware.log('cloud-init: instance is known, nothing to do');
    await rejoin(machine, identity);
  } else {
    const config = readConfigDrive(hardware.configDrive);
    if ('problem' in config) return hardware.log(`cloud-init: ${config.problem}`);
    machine.files = config.files;
    await lasts(machine, CLOUD_INIT_SECONDS);
    for (const command of hasFailed(disk) ? [] : config.runcmd) {
      if (!(await runCommand(machine, command))) noteFailure(disk);
      const { joined } = machine;
      if (joined) writeIdentity(disk, { name: joined.name, pin: caCertHash(joined.cluster.ca.certificate) });
    }
  }
  // A fault that came before there was anything to cut off.
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
