/** How a cluster comes to life: by kubeadm init, or from the disks of its members once enough of them are up. */
import { caCertHash } from '@slipway/core/bootstrap/pki.ts';
import type { SimClock } from '../clock.ts';
import type { SiteNetwork } from '../network.ts';
import { clustersOf, makeCluster, type SavedCluster, type SimCluster } from './cluster.ts';
import { look } from './control-plane.ts';
import { startControllers } from './controllers.ts';
import { keepCluster } from './keep.ts';

/** A node that has joined the cluster with this CA and looks for it after its boot. */
export interface Seeker {
  network: SiteNetwork;
  clock: SimClock;
  /** Fingerprint of the cluster's CA. */
  pin: string;
  /** Ends the search: the node's power. */
  signal: AbortSignal;
  /** An etcd member's name and what its disk holds. */
  member?: { name: string; saved: SavedCluster };
}

interface Waiting extends Seeker {
  found: (cluster: SimCluster) => void;
}

const seekers = new WeakMap<SiteNetwork, Set<Waiting>>();

/** Runs what every cluster has once, and lets nodes find it. */
export function runCluster(cluster: SimCluster): void {
  cluster.etcd.onChange(() => look(cluster));
  startControllers(cluster);
  keepCluster(cluster);
  const pin = caCertHash(cluster.ca.certificate);
  clustersOf(cluster.network).set(pin, cluster);
  for (const waiting of waitingOf(cluster.network)) if (waiting.pin === pin) waiting.found(cluster);
}

/**
 * The cluster of a node that has booted. If it does not run, it is recovered as soon as more than half of its members have come up
 * with their disks: the newest of these is the truth, as any majority holds the last commit. Rejects when the power goes.
 */
export function findCluster(seeker: Seeker): Promise<SimCluster> {
  const { network, pin, signal } = seeker;
  const running = clustersOf(network).get(pin);
  if (running) return Promise.resolve(running);
  return new Promise((resolve, reject) => {
    const all = waitingOf(network);
    const end = () => {
      all.delete(waiting);
      signal.removeEventListener('abort', gone);
    };
    const gone = () => {
      end();
      reject(signal.reason);
    };
    const found = (cluster: SimCluster) => {
      end();
      resolve(cluster);
    };
    const waiting: Waiting = { ...seeker, found };
    signal.addEventListener('abort', gone, { once: true });
    all.add(waiting);
    const recovered = recover(seeker, [...all]);
    if (recovered) runCluster(recovered);
  });
}

/** Undefined while too few members are up. */
function recover({ network, clock, pin }: Seeker, all: Waiting[]): SimCluster | undefined {
  const members = all.flatMap((waiting) => (waiting.pin === pin && waiting.member ? [waiting.member] : []));
  const newest = members.map(({ saved }) => saved).sort((a, b) => b.revision - a.revision)[0];
  if (!newest) return undefined;
  const up = newest.etcd.members.filter(({ name }) => members.some((member) => member.name === name));
  if (up.length <= newest.etcd.members.length / 2) return undefined;
  return makeCluster({ ...newest.identity, network, clock }, newest.etcd, newest);
}

function waitingOf(network: SiteNetwork): Set<Waiting> {
  const found = seekers.get(network) ?? new Set<Waiting>();
  seekers.set(network, found);
  return found;
}
