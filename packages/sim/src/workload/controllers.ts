/** The controllers that matter here: DaemonSets, Deployments, pods of nodes that are gone, default service accounts, emptied namespaces. */
import { createHash } from 'node:crypto';
import type { SimCluster } from './cluster.ts';
import type { Obj } from './objects.ts';
import { podOf, withReady } from './pods.ts';
import { RESOURCES, resourceOf } from './resources.ts';

const PODS = resourceOf('', 'pods')!;
const NODES = resourceOf('', 'nodes')!;
const DAEMON_SETS = resourceOf('apps', 'daemonsets')!;
const DEPLOYMENTS = resourceOf('apps', 'deployments')!;
const ACCOUNTS = resourceOf('', 'serviceaccounts')!;
const WATCHED = new Set(['pods', 'nodes', 'daemonsets', 'deployments', 'namespaces']);

/** Starts them; they work after each change, once for many changes at a time. */
export function startControllers(cluster: SimCluster): void {
  let due = false;
  cluster.objects.onChange(({ resource, type, object }) => {
    if (resource.plural === 'namespaces') namespaceChanged(cluster, type, object.metadata.name);
    if (!WATCHED.has(resource.plural) || due) return;
    due = true;
    setImmediate(() => {
      due = false;
      reconcile(cluster);
    });
  });
}

/** Whether a network for pods has been installed: a DaemonSet of the system that is not kube-proxy. */
export function hasCni(cluster: SimCluster): boolean {
  const homes = ['kube-system', 'kube-flannel', 'calico-system', 'cilium', 'tigera-operator'];
  return cluster.objects
    .list(DAEMON_SETS, '')
    .some((set) => set.metadata.name !== 'kube-proxy' && homes.includes(set.metadata.namespace ?? ''));
}

/** Whether a node takes new pods. */
export function isSchedulable(node: Obj): boolean {
  const ready = node.status?.conditions?.some(
    (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
  );
  return ready === true && node.spec?.unschedulable !== true;
}

function reconcile(cluster: SimCluster): void {
  const nodes = cluster.objects.list(NODES, '');
  const names = new Set(nodes.map((node) => node.metadata.name));
  for (const pod of cluster.objects.list(PODS, '')) {
    const { nodeName } = pod.spec ?? {};
    const orphaned = pod.metadata.ownerReferences?.some(
      (owner) => owner.kind === 'DaemonSet' && !daemonSetOf(cluster, pod, owner.name),
    );
    if ((nodeName && !names.has(nodeName)) || orphaned) cluster.objects.remove(PODS, pod.metadata.namespace!, pod.metadata.name);
  }
  for (const set of cluster.objects.list(DAEMON_SETS, '')) daemonSet(cluster, set, nodes);
  for (const deployment of cluster.objects.list(DEPLOYMENTS, '')) deploy(cluster, deployment, nodes);
}

function daemonSetOf(cluster: SimCluster, pod: Obj, name: string): Obj | undefined {
  return cluster.objects.get(DAEMON_SETS, pod.metadata.namespace ?? '', name);
}

/** System daemons tolerate everything, so each node gets one, ready or not. */
function daemonSet(cluster: SimCluster, set: Obj, nodes: Obj[]): void {
  const { name, namespace = '', uid = '' } = set.metadata;
  const labels = set.spec?.template?.metadata?.labels ?? {};
  for (const node of nodes) {
    const pod = `${name}-${hash(`${uid}/${node.metadata.uid}`)}`;
    if (cluster.objects.get(PODS, namespace, pod)) continue;
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid };
    const image = set.spec?.template?.spec?.containers?.[0]?.image ?? name;
    cluster.objects.create(
      PODS,
      podOf({ name: pod, namespace, node: node.metadata.name, ip: addressOf(node), image, labels, owner }),
    );
  }
  const count = nodes.length;
  const ready = nodes.filter((node) => cluster.kubelets.get(node.metadata.name)?.beats()).length;
  const status = { desiredNumberScheduled: count, currentNumberScheduled: count, numberReady: ready, numberMisscheduled: 0 };
  cluster.objects.replace(DAEMON_SETS, { ...set, status });
}

function deploy(cluster: SimCluster, deployment: Obj, nodes: Obj[]): void {
  const { name, namespace = '', uid = '' } = deployment.metadata;
  const template = deployment.spec?.template ?? {};
  const wanted: number = deployment.spec?.replicas ?? 1;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash(uid)}`, uid };
  const own = cluster.objects.list(PODS, namespace).filter((pod) => pod.metadata.ownerReferences?.some((one) => one.uid === uid));
  for (const pod of own.slice(wanted)) cluster.objects.remove(PODS, namespace, pod.metadata.name);
  for (let index = own.length; index < wanted; index++) {
    const pod = `${owner.name}-${hash(`${uid}/${cluster.objects.version()}`)}`;
    const image = template.spec?.containers?.[0]?.image ?? name;
    const tolerations = template.spec?.tolerations ?? [];
    own.push(
      cluster.objects.create(
        PODS,
        podOf({ name: pod, namespace, image, labels: template.metadata?.labels ?? {}, owner, tolerations }),
      ),
    );
  }
  for (const pod of own.slice(0, wanted)) if (!pod.spec?.nodeName) schedule(cluster, pod, nodes);
  const ready = cluster.objects
    .list(PODS, namespace)
    .filter((pod) => pod.metadata.ownerReferences?.some((one) => one.uid === uid) && withReady(pod, true) === pod).length;
  const status = {
    replicas: wanted,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: deployment.metadata.generation,
  };
  cluster.objects.replace(DEPLOYMENTS, { ...deployment, status });
}

/** To the node with the fewest pods that takes it. */
function schedule(cluster: SimCluster, pod: Obj, nodes: Obj[]): void {
  const count = (node: Obj) => cluster.objects.list(PODS, '').filter((one) => one.spec?.nodeName === node.metadata.name).length;
  const fitting = nodes.filter((node) => isSchedulable(node) && tolerates(pod, node));
  const node = fitting.sort((a, b) => count(a) - count(b))[0];
  if (!node) return;
  const running = podOf({ name: 'x-x', namespace: '', node: node.metadata.name, ip: addressOf(node), image: '' }).status;
  cluster.objects.replace(PODS, { ...pod, spec: { ...pod.spec, nodeName: node.metadata.name }, status: running });
}

function tolerates(pod: Obj, node: Obj): boolean {
  const tolerations: { key?: string; operator?: string }[] = pod.spec?.tolerations ?? [];
  return (node.spec?.taints ?? []).every(
    (taint: { key: string; effect: string }) =>
      taint.effect === 'PreferNoSchedule' ||
      tolerations.some((one) => one.key === taint.key || (!one.key && one.operator === 'Exists')),
  );
}

function namespaceChanged(cluster: SimCluster, type: string, name: string): void {
  if (type === 'ADDED') {
    cluster.objects.create(ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    });
  }
  if (type !== 'DELETED') return;
  for (const resource of RESOURCES.filter((one) => one.namespaced)) {
    for (const object of cluster.objects.list(resource, name)) cluster.objects.remove(resource, name, object.metadata.name);
  }
}

function addressOf(node: Obj): string {
  return node.status?.addresses?.find((one: { type: string }) => one.type === 'InternalIP')?.address ?? '';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 5);
}
