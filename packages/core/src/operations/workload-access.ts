/** Reaching a cluster we made: its kubeconfig Secret, one kept client per cluster, and a short-lived client certificate for its etcd. */
import { createHash } from 'node:crypto';
import { type KeyPair, makeLeaf } from '../bootstrap/pki.ts';
import { accessOf } from '../drivers/workload/access.ts';
import { openWorkload, type WorkloadClient } from '../drivers/workload/client.ts';
import type { EtcdTransport } from '../drivers/workload/etcd.ts';
import { type EtcdIdentity, openEtcd } from '../drivers/workload/etcd-transport.ts';
import { AppError } from '../errors.ts';
import type { ClusterName } from '../runtime/operations.ts';
import type { Store } from '../store/store.ts';
import { readSecret } from './secrets.ts';

/** Clients by cluster. */
export interface WorkloadPool {
  /** null = the cluster has no kubeconfig yet. Throws WorkloadError `protocol` on one that cannot be used. */
  client: (cluster: ClusterName) => Promise<WorkloadClient | null>;
  /** Throws AppError `unavailable` without the etcd CA, WorkloadError otherwise. */
  etcd: (cluster: ClusterName, client: WorkloadClient, node: string) => Promise<EtcdTransport>;
  /** Ends the connections to a cluster that is gone. */
  drop: (cluster: ClusterName) => void;
  /** Ends all connections. */
  close: () => void;
}

/** More clusters than that share connections less well, but all are served. */
const MOST_KEPT = 256;
/** etcd certificates are made for a day and used for half of one. */
const ETCD_CERTIFICATE_DAYS = 1;
const ETCD_CERTIFICATE_USE_MS = 12 * 3_600_000;
/** A replaced client may still carry a request. */
const GRACE_MS = 60_000;

interface Kept {
  digest: string;
  client: WorkloadClient;
}

const pools = new WeakMap<Store, WorkloadPool>();

/** The pool of a store; operations and collectors share it. */
export function workloadPool(store: Store): WorkloadPool {
  const known = pools.get(store);
  if (known) return known;
  const made = makePool(store);
  pools.set(store, made);
  return made;
}

function makePool(store: Store): WorkloadPool {
  const clients = new Map<string, Kept>();
  const identities = new Map<string, { digest: string; identity: EtcdIdentity; until: number }>();
  const retire = (key: string) => {
    const kept = clients.get(key);
    clients.delete(key);
    if (kept) setTimeout(() => void kept.client.close(), GRACE_MS).unref();
  };
  return {
    async client(cluster) {
      const key = keyOf(cluster);
      const value = (await readSecret(store, cluster.namespace, `${cluster.name}-kubeconfig`))?.value;
      if (!value) {
        retire(key);
        return null;
      }
      const digest = digestOf(value);
      const kept = clients.get(key);
      if (kept?.digest === digest) return kept.client;
      retire(key);
      if (clients.size >= MOST_KEPT) retire(clients.keys().next().value!);
      const client = openWorkload(accessOf(value));
      clients.set(key, { digest, client });
      return client;
    },
    async etcd(cluster, client, node) {
      const ca = await etcdCa(store, cluster);
      const digest = digestOf(ca.certificate);
      let kept = identities.get(keyOf(cluster));
      if (kept?.digest !== digest || kept.until < Date.now()) {
        const leaf = { commonName: 'slipway', usages: ['client' as const], days: ETCD_CERTIFICATE_DAYS };
        const identity = { ca: ca.certificate, ...(await makeLeaf(ca, leaf, new Date())) };
        kept = { digest, identity, until: Date.now() + ETCD_CERTIFICATE_USE_MS };
        if (identities.size >= MOST_KEPT) identities.clear();
        identities.set(keyOf(cluster), kept);
      }
      return openEtcd(client, node, kept.identity);
    },
    drop(cluster) {
      retire(keyOf(cluster));
      identities.delete(keyOf(cluster));
    },
    close() {
      for (const { client } of clients.values()) void client.close();
      clients.clear();
    },
  };
}

async function etcdCa(store: Store, cluster: ClusterName): Promise<KeyPair> {
  const name = `${cluster.name}-etcd`;
  const data = await readSecret(store, cluster.namespace, name);
  if (!data?.['tls.crt'] || !data['tls.key']) {
    throw new AppError('unavailable', `Secret ${cluster.namespace}/${name} with the etcd CA is not there`);
  }
  return { certificate: data['tls.crt'], key: data['tls.key'] };
}

function keyOf({ namespace, name }: ClusterName): string {
  return `${namespace}/${name}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
