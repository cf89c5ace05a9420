/** What a node does at each boot after the one in which it joined: it goes on where its disk says it was. */

import type { SimCluster } from '../workload/cluster.ts';
import { openControlPlane, startControlPlane } from '../workload/control-plane.ts';
import { findCluster } from '../workload/recovery.ts';
import { runKubelet, watchSilent } from './kubelet.ts';
import type { Machine } from './machine.ts';
import { type Identity, readControlPlane, readEtcd, writeEtcd } from './node-disk.ts';

/** Finds the cluster again, or brings it back together with the other members, and serves it. Rejects when the power goes. */
export async function rejoin(machine: Machine, { name, pin }: Identity): Promise<void> {
  const { disk, signal, hardware } = machine;
  const { network, clock } = hardware;
  const files = readControlPlane(disk);
  const saved = files ? readEtcd(disk) : undefined;
  const cluster = await findCluster({ network, clock, pin, signal, ...(saved ? { member: { name, saved } } : {}) });
  signal.throwIfAborted();
  if (saved && saved.etcd.seed !== cluster.etcd.saved().seed) return hardware.log('etcd: cluster ID mismatch');
  machine.joined = { cluster, name };
  if (files) machine.joined.controlPlane = openControlPlane(cluster, files, (data) => writeEtcd(disk, data));
  resume(machine);
}

/** Starts again what a reboot or a cut of the network stopped. */
export function resume(machine: Machine): void {
  const { joined } = machine;
  if (!joined) return;
  const { cluster, name, controlPlane } = joined;
  if (controlPlane) {
    machine.stops.push(startControlPlane(controlPlane, false).stop);
    witnessRemoval(machine, cluster, name);
    watchSilent(cluster);
  }
  runKubelet(machine, cluster, name);
}

/** The node's own log tells when its etcd member was taken out: the witness that this came before the power went. */
export function witnessRemoval(machine: Machine, cluster: SimCluster, name: string): void {
  if (!cluster.etcd.byName(name)) return;
  const end = cluster.etcd.onChange(() => {
    if (cluster.etcd.byName(name)) return;
    end();
    machine.hardware.log('etcd: the member has been removed from the cluster');
  });
  machine.stops.push(end);
}
