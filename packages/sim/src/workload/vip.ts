/** The endpoint's address: held by one control-plane node that runs kube-vip, and taken over by another when it goes. */
import type { Duplex } from 'node:stream';
import { type ControlPlane, isServing, type SimCluster } from './cluster.ts';

/** kube-vip's lease lasts 15 s; a takeover takes about a third of that on average. */
const TAKEOVER_SECONDS = 5;

/** Looks whether the endpoint is in good hands; called after anything that may have changed that. */
export function electVip(cluster: SimCluster, accept: (controlPlane: ControlPlane) => (socket: Duplex) => void): void {
  const holder = cluster.vip ? cluster.controlPlanes.get(cluster.vip.node) : undefined;
  if (cluster.vip && !holder?.up) {
    cluster.vip.close();
    cluster.vip = undefined;
  }
  // Without quorum nobody can take the lease; the holder keeps the address and answers with errors.
  if (cluster.vip && (isServing(holder!) || !cluster.etcd.hasQuorum())) return;
  if (cluster.electing || candidates(cluster).length === 0) return;
  const first = cluster.controlPlanes.size === 1;
  cluster.electing = true;
  const take = () => {
    cluster.electing = false;
    const next = candidates(cluster)[0];
    if (!next) return;
    cluster.vip?.close();
    const { host, port } = cluster.endpoint;
    cluster.vip = { node: next.node, ...cluster.network.listen(host, port, accept(next)) };
  };
  if (first) take();
  else cluster.clock.sleep(TAKEOVER_SECONDS).then(take, () => undefined);
}

function candidates(cluster: SimCluster): ControlPlane[] {
  return [...cluster.controlPlanes.values()].filter((one) => one.announces && isServing(one));
}
