/** The world's workload clusters: nodes that join when a server boots its image, control-plane pods, etcd members. */
import { lasting } from '../model/durations.ts';
import type { OperationOutcome } from '../runtime/operations.ts';
import type { ControlPlaneSeen, NodeSeen, NodesSeen } from '../runtime/seen.ts';
import { type KubeObject, refKey } from '../store/object.ts';
import type { Operation } from '../store/store.ts';
import type { Server } from './hardware.ts';
import type { World } from './world.ts';

/** A modelled cluster. */
export interface WorkloadCluster {
  since: string;
  nodes: Map<string, NodeSeen>;
  /** Nodes that run a control plane, which are also etcd's members. */
  controlPlane: Set<string>;
  cni: boolean;
}

/** The workload clusters of a world. */
export interface Workloads {
  clusters: Map<string, WorkloadCluster>;
  booted: (host: KubeObject, server: Server) => Promise<void>;
  poweredOff: (host: KubeObject) => Promise<void>;
  run: (operation: Operation) => Promise<OperationOutcome>;
  /** Makes a node NotReady or Ready again, as a fault would. */
  setReady: (cluster: { namespace: string; name: string }, node: string, ready: boolean) => Promise<void>;
}

const CLUSTER = { group: 'cluster.x-k8s.io', kind: 'Cluster' };
const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;

/** Makes the workload side. `versionOf` tells the Kubernetes version of an image. */
export function createWorkloads(world: World, versionOf: (imageUrl: string) => string): Workloads {
  const clusters = new Map<string, WorkloadCluster>();
  const key = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`;

  async function tell(cluster: { namespace: string; name: string }): Promise<void> {
    const known = clusters.get(key(cluster));
    if (!known) return;
    const subject = refKey({ ...CLUSTER, ...cluster });
    const nodes: NodesSeen = { reachable: known.controlPlane.size > 0, since: known.since, nodes: [...known.nodes.values()] };
    const names = [...known.controlPlane];
    const controlPlane: ControlPlaneSeen = {
      reachable: nodes.reachable,
      since: known.since,
      serverVersion: known.nodes.get(names[0] ?? '')?.kubeletVersion ?? '',
      pods: names.flatMap((node) => COMPONENTS.map((component) => ({ node, component, ready: true }))),
      etcd: { members: names.map((name, i) => ({ id: name, name, isLearner: false, isLeader: i === 0, healthy: true })) },
    };
    const seenAt = world.now().toISOString();
    const select = { namespace: cluster.namespace, labels: { 'cluster.x-k8s.io/cluster-name': cluster.name } };
    await world.store.observe(
      [
        { subject, source: 'nodes', data: nodes as never, seenAt },
        { subject, source: 'controlplane', data: controlPlane as never, seenAt },
      ],
      [
        { reconciler: 'clusters', ...cluster },
        { reconciler: 'machines', select: { group: 'cluster.x-k8s.io', kind: 'Machine', ...select } },
        {
          reconciler: 'machinehealthchecks',
          select: { group: 'cluster.x-k8s.io', kind: 'MachineHealthCheck', namespace: cluster.namespace },
        },
        {
          reconciler: 'kubeadmcontrolplanes',
          select: { group: 'controlplane.cluster.x-k8s.io', kind: 'KubeadmControlPlane', namespace: cluster.namespace },
        },
      ],
    );
  }

  async function machineOf(host: KubeObject): Promise<KubeObject | null> {
    const { consumerRef } = host.spec as { consumerRef?: { namespace?: string; name: string } };
    if (!consumerRef) return null;
    return world.store.get({
      group: CLUSTER.group,
      kind: 'Machine',
      namespace: consumerRef.namespace ?? '',
      name: consumerRef.name,
    });
  }

  async function booted(old: KubeObject, server: Server): Promise<void> {
    const host = await world.store.getByUid(old.metadata.uid);
    const machine = host ? await machineOf(host) : null;
    if (!host || !machine || !server.disk) return;
    const labels = machine.metadata.labels ?? {};
    const cluster = { namespace: machine.metadata.namespace ?? '', name: labels['cluster.x-k8s.io/cluster-name'] ?? '' };
    const controlPlane = 'cluster.x-k8s.io/control-plane' in labels;
    const { url } = server.disk;
    world.after(lasting('kubeadm', world.random), async () => {
      const known = clusters.get(key(cluster)) ?? {
        since: world.now().toISOString(),
        nodes: new Map(),
        controlPlane: new Set<string>(),
        cni: false,
      };
      if (!controlPlane && known.controlPlane.size === 0) return;
      clusters.set(key(cluster), known);
      if (controlPlane) known.controlPlane.add(machine.metadata.name);
      known.nodes.set(machine.metadata.name, joined(machine, host, versionOf(url), world.now()));
      await tell(cluster);
      if (known.cni) becomeReady(cluster, machine.metadata.name);
    });
  }

  function becomeReady(cluster: { namespace: string; name: string }, node: string): void {
    world.after(lasting('nodeReady', world.random), () => setReady(cluster, node, true));
  }

  async function setReady(cluster: { namespace: string; name: string }, node: string, ready: boolean): Promise<void> {
    const found = clusters.get(key(cluster))?.nodes.get(node);
    if (!found) return;
    const lastTransitionTime = world.now().toISOString();
    found.conditions = [
      { type: 'Ready', status: ready ? 'True' : 'False', reason: ready ? 'KubeletReady' : 'KubeletNotReady', lastTransitionTime },
    ];
    await tell(cluster);
  }

  async function poweredOff(host: KubeObject): Promise<void> {
    const machine = await machineOf(host);
    const name = machine?.metadata.labels?.['cluster.x-k8s.io/cluster-name'];
    if (machine && name) await setReady({ namespace: machine.metadata.namespace ?? '', name }, machine.metadata.name, false);
  }

  async function run(operation: Operation): Promise<OperationOutcome> {
    const args = operation.args as { cluster: { namespace: string; name: string }; node?: string };
    const known = clusters.get(key(args.cluster));
    if (!known) return { state: 'failed', code: 'Unreachable', message: 'the cluster does not answer', retryable: true };
    switch (operation.kind) {
      case 'workload.apply':
        known.cni = true;
        for (const node of known.nodes.keys()) becomeReady(args.cluster, node);
        break;
      case 'node.delete':
        known.nodes.delete(args.node ?? '');
        break;
      case 'etcd.removeMember':
        known.controlPlane.delete(args.node ?? '');
        break;
      default:
        break;
    }
    await tell(args.cluster);
    return { state: 'succeeded', result: {} };
  }

  return { clusters, booted, poweredOff, run, setReady };
}

/** A node as it joins: not Ready before a CNI runs. */
function joined(machine: KubeObject, host: KubeObject, kubeletVersion: string, now: Date): NodeSeen {
  const at = now.toISOString();
  return {
    name: machine.metadata.name,
    uid: `node-${machine.metadata.uid}`,
    providerID: `metal3://${host.metadata.namespace}/${host.metadata.name}/${machine.metadata.name}`,
    kubeletVersion,
    unschedulable: false,
    conditions: [{ type: 'Ready', status: 'False', reason: 'NetworkNotReady', lastTransitionTime: at }],
    addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
    labels: {},
    annotations: {},
    taints: [{ key: 'node.cluster.x-k8s.io/uninitialized', effect: 'NoSchedule' }],
    createdAt: at,
  };
}
