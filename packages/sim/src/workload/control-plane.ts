/** Starting and stopping the control plane of one node: etcd member, API server, static pods, endpoint. */
import { createHash, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { type KeyPair, makeLeaf } from '@slipway/core/bootstrap/pki.ts';
import { acceptApi } from './api.ts';
import { type ControlPlane, isServing, isWritable, type SimCluster } from './cluster.ts';
import { podOf, withReady } from './pods.ts';
import { resourceOf } from './resources.ts';
import { electVip } from './vip.ts';

const PODS = resourceOf('', 'pods')!;
const API_PORT = 6443;

/** A running control plane of a node. */
export interface RunningControlPlane {
  stop: () => void;
}

/** A control plane as it stands on the disk of its node. */
export interface ControlPlaneFiles {
  node: string;
  ip: string;
  version: string;
  announces: boolean;
  apiServer: KeyPair;
  etcd: KeyPair;
}

/** Makes the certificates of a node's servers from the cluster's CAs, as `kubeadm` does on the node. */
export async function makeControlPlaneFiles(
  cluster: SimCluster,
  of: Pick<ControlPlaneFiles, 'node' | 'ip' | 'version' | 'announces'> & { certSANs: string[] },
): Promise<ControlPlaneFiles> {
  const { node, ip, version, announces } = of;
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', node, ip, cluster.endpoint.host, ...of.certSANs];
  return {
    node,
    ip,
    version,
    announces,
    apiServer: await serverLeaf(cluster.ca, 'kube-apiserver', names),
    etcd: await serverLeaf(cluster.etcdCa, node, [node, 'localhost', ip, '127.0.0.1']),
  };
}

/** Makes a control plane ready to start; `keep` writes its etcd data onto the disk of the node. */
export function openControlPlane(
  cluster: SimCluster,
  { apiServer, etcd, ...files }: ControlPlaneFiles,
  keep: (data: string) => void,
): ControlPlane {
  return {
    ...files,
    cluster,
    keep,
    up: false,
    context: serverContext(cluster.ca, apiServer),
    clientCa: new X509Certificate(cluster.ca.certificate),
    etcd: { context: serverContext(cluster.etcdCa, etcd), clientCa: new X509Certificate(cluster.etcdCa.certificate) },
  };
}

/** Joins etcd if it is new, and serves. Throws EtcdError where the members have no quorum to take it in. */
export function startControlPlane(controlPlane: ControlPlane, isNew: boolean): RunningControlPlane {
  const { cluster, node, ip } = controlPlane;
  cluster.controlPlanes.set(node, controlPlane);
  controlPlane.up = true;
  try {
    if (isNew) cluster.etcd.add(node, ip);
    else cluster.etcd.setRunning(node, true);
  } catch (error) {
    controlPlane.up = false;
    cluster.controlPlanes.delete(node);
    throw error;
  }
  const listener = cluster.network.listen(ip, API_PORT, acceptApi(controlPlane));
  look(cluster);
  return {
    stop: () => {
      cluster.flush();
      controlPlane.up = false;
      listener.close();
      cluster.etcd.setRunning(node, false);
      look(cluster);
    },
  };
}

/** Looks after endpoint and pods; also after each change of etcd's members. */
export function look(cluster: SimCluster): void {
  electVip(cluster, acceptApi);
  if (!isWritable(cluster)) return;
  for (const controlPlane of cluster.controlPlanes.values()) {
    const running = controlPlane.up && cluster.etcd.byName(controlPlane.node)?.running === true;
    setReady(cluster, `etcd-${controlPlane.node}`, running, 'etcd has stopped');
    setReady(cluster, `kube-apiserver-${controlPlane.node}`, isServing(controlPlane), 'etcd failed');
  }
}

/** The mirror pods of a node's control plane. */
export function createStaticPods(controlPlane: ControlPlane, nodeUid: string): void {
  const { cluster, node, ip, version } = controlPlane;
  const components = [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'etcd',
    ...(controlPlane.announces ? ['kube-vip'] : []),
  ];
  for (const component of components) {
    const name = `${component}-${node}`;
    if (cluster.objects.get(PODS, 'kube-system', name)) continue;
    const pod = podOf({
      name,
      namespace: 'kube-system',
      node,
      ip,
      image: component === 'etcd' ? 'registry.k8s.io/etcd:3.5.16-0' : `registry.k8s.io/${component}:${version}`,
      labels: { component, tier: 'control-plane' },
      annotations: { 'kubernetes.io/config.source': 'file', 'kubernetes.io/config.mirror': nodeUid },
      owner: { apiVersion: 'v1', kind: 'Node', name: node, uid: nodeUid },
    });
    cluster.objects.create(PODS, pod);
  }
}

function setReady(cluster: SimCluster, name: string, ready: boolean, message: string): void {
  const pod = cluster.objects.get(PODS, 'kube-system', name);
  if (pod) cluster.objects.replace(PODS, withReady(pod, ready, message));
}

function serverLeaf(ca: KeyPair, commonName: string, names: string[]): Promise<KeyPair> {
  return makeLeaf(ca, { commonName, usages: ['server', 'client'], names: [...new Set(names)], days: 365 }, new Date());
}

function serverContext(ca: KeyPair, leaf: KeyPair): tls.SecureContext {
  // Without a context of its own OpenSSL refuses to resume sessions of clients with certificates.
  const sessionIdContext = createHash('sha256').update(leaf.certificate).digest('hex').slice(0, 32);
  return tls.createSecureContext({ cert: leaf.certificate, key: leaf.key, ca: ca.certificate, sessionIdContext });
}
