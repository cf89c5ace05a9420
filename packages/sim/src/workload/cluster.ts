/**
 * One simulated workload cluster: its objects, its etcd members, its API servers, its endpoint. Nodes (../node) bring it to life:
 * the first makes it, others join, and it lives as long as a quorum of etcd members does.
 */
import type { X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { KeyPair } from '@slipway/core/bootstrap/pki.ts';
import type { SimClock } from '../clock.ts';
import type { SiteNetwork } from '../network.ts';
import { type Etcd, makeEtcd, type SavedEtcd } from './etcd.ts';
import { makeObjects, type Objects, type SavedObjects } from './objects.ts';

/** A running kubelet, as far as the API shows it. */
export interface Kubelet {
  /** Whether it posts its status now. */
  beats: () => boolean;
}

/** A control-plane node's servers. */
export interface ControlPlane {
  cluster: SimCluster;
  node: string;
  ip: string;
  /** Version of its API server. */
  version: string;
  context: SecureContext;
  clientCa: X509Certificate;
  etcd: { context: SecureContext; clientCa: X509Certificate };
  /** false = its machine is off or cut off. */
  up: boolean;
  /** Whether a kube-vip static pod announces the endpoint from here. */
  announces: boolean;
  /** Writes this member's copy of the cluster onto the node's disk. */
  keep: (data: string) => void;
}

/** The cluster. */
export interface SimCluster {
  name: string;
  /** Of the last kubeadm init, for ConfigMap kubeadm-config. */
  version: string;
  ca: KeyPair;
  etcdCa: KeyPair;
  endpoint: { host: string; port: number };
  network: SiteNetwork;
  clock: SimClock;
  objects: Objects;
  etcd: Etcd;
  kubelets: Map<string, Kubelet>;
  controlPlanes: Map<string, ControlPlane>;
  /** Who holds the endpoint. */
  vip?: { node: string; close: () => void };
  /** An election under way. */
  electing: boolean;
  /** Grows with each write to the members' disks: the highest is the last. */
  revision: number;
  /** Writes to the members' disks what they do not hold yet. */
  flush: () => void;
}

/** What a cluster is, whoever runs. */
export type ClusterIdentity = Pick<SimCluster, 'name' | 'version' | 'ca' | 'etcdCa' | 'endpoint'>;

/** A cluster as each etcd member's disk keeps it. */
export interface SavedCluster {
  revision: number;
  identity: ClusterIdentity;
  etcd: SavedEtcd;
  objects: SavedObjects;
}

/** Makes the state of a cluster without nodes, or of which no node runs yet if it comes from a disk. */
export function makeCluster(
  of: ClusterIdentity & Pick<SimCluster, 'network' | 'clock'>,
  etcd: SavedEtcd,
  saved?: Pick<SavedCluster, 'objects' | 'revision'>,
): SimCluster {
  return {
    ...of,
    objects: makeObjects(saved?.objects),
    etcd: makeEtcd(etcd),
    revision: saved?.revision ?? 0,
    flush: () => undefined,
    kubelets: new Map(),
    controlPlanes: new Map(),
    electing: false,
  };
}

/** Whether the API server of this node can answer: its etcd member runs and the members have quorum. */
export function isServing(controlPlane: ControlPlane): boolean {
  const { cluster, node } = controlPlane;
  return controlPlane.up && cluster.etcd.hasQuorum() && cluster.etcd.byName(node)?.running === true;
}

/** Whether anybody could write to the cluster now. */
export function isWritable(cluster: SimCluster): boolean {
  return [...cluster.controlPlanes.values()].some(isServing);
}

const clusters = new WeakMap<SiteNetwork, Map<string, SimCluster>>();

/** The clusters of a site by the fingerprint of their CA: what a join finds behind the endpoint. */
export function clustersOf(network: SiteNetwork): Map<string, SimCluster> {
  const found = clusters.get(network);
  if (found) return found;
  const made = new Map<string, SimCluster>();
  clusters.set(network, made);
  return made;
}
