/** The kubelet of a node: registers it, reports it, and is missed when it is gone. */
import { isRefusedByKubelet, parseNodeLabels } from '@slipway/core/bootstrap/labels.ts';
import { isWritable, type SimCluster } from '../workload/cluster.ts';
import { createStaticPods } from '../workload/control-plane.ts';
import { hasCni } from '../workload/controllers.ts';
import { now, type Obj } from '../workload/objects.ts';
import { withReady } from '../workload/pods.ts';
import { resourceOf } from '../workload/resources.ts';
import { KubeadmError, lasts, type Machine } from './machine.ts';

const NODES = resourceOf('', 'nodes')!;
const PODS = resourceOf('', 'pods')!;
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** After this long without a word the node lifecycle controller calls a node Unknown (node-monitor-grace-period). */
const GRACE_SECONDS = 40;
/** From CNI configuration to a Ready node. */
const CNI_SECONDS = 8;

/** How the node registers; from kubeadm's nodeRegistration. */
export interface Registration {
  name: string;
  args: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  controlPlane: boolean;
}

/** Throws KubeadmError for labels that a kubelet refuses to set on itself: it exits, and kubeadm gives up on it. */
export function checkKubelet(registration: Registration): void {
  const refused = labelsOf(registration).filter((label) => isRefusedByKubelet(label.key));
  if (refused.length === 0) return;
  const keys = refused.map((label) => label.key).join(', ');
  throw new KubeadmError(
    `[kubelet-check] The kubelet is not healthy after 4m0s: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${keys}]`,
  );
}

/** Creates the Node object, as the kubelet does at its first start. */
export function registerNode(machine: Machine, cluster: SimCluster, registration: Registration): void {
  const { name } = registration;
  if (cluster.objects.get(NODES, '', name))
    throw new KubeadmError(`a Node with name "${name}" and status "Ready" already exists in the cluster`);
  const role: Record<string, string> = registration.controlPlane
    ? { [CONTROL_PLANE]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
    : {};
  const own = Object.fromEntries(labelsOf(registration).map((label) => [label.key, label.value]));
  const host = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const node: Obj = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { ...host, 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'amd64', ...own, ...role },
    },
    spec: {
      ...(registration.args['provider-id'] ? { providerID: registration.args['provider-id'] } : {}),
      taints: [...registration.taints, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
    },
    status: {
      ...statusOf(machine, name),
      conditions: conditions('False', 'KubeletNotReady', 'container runtime network not ready'),
    },
  };
  cluster.objects.create(NODES, node);
}

/** Runs the kubelet until the machine stops. */
export function runKubelet(machine: Machine, cluster: SimCluster, name: string): void {
  let ready = false;
  const beats = () =>
    !machine.signal.aborted &&
    !machine.faults.has('kubelet-dead') &&
    !machine.faults.has('node-unreachable') &&
    isWritable(cluster);
  cluster.kubelets.set(name, { beats });
  const report = () => {
    if (!beats()) return;
    const sick = machine.faults.has('node-notready');
    if (ready && !sick) setNode(cluster, name, 'True', 'KubeletReady', 'kubelet is posting ready status');
    else setNode(cluster, name, 'False', 'KubeletNotReady', sick ? 'PLEG is not healthy' : 'container runtime network not ready');
    mirror(machine, cluster, name);
  };
  const lost = () => void missed(cluster, name, beats);
  const cni = () => {
    if (ready || !hasCni(cluster)) return;
    stopWaiting();
    lasts(machine, CNI_SECONDS).then(
      () => {
        ready = true;
        report();
      },
      () => undefined,
    );
  };
  const stopWaiting = cluster.objects.onChange(({ resource }) => {
    if (resource.plural === 'daemonsets') setImmediate(cni);
  });
  machine.stops.push(() => {
    stopWaiting();
    setImmediate(lost);
  });
  machine.onFault = () => (beats() ? report() : lost());
  machine.stops.push(cluster.etcd.onChange(() => setImmediate(() => (machine.signal.aborted ? undefined : report()))));
  report();
  cni();
}

/** Gives nodes that no kubelet has spoken for since the cluster came back the grace period to do so. */
export function watchSilent(cluster: SimCluster): void {
  for (const { metadata } of cluster.objects.list(NODES, ''))
    if (!cluster.kubelets.has(metadata.name)) void missed(cluster, metadata.name, () => false);
}

/** Says Unknown once nothing has been heard for the grace period; waits for a control plane that can write it down. */
async function missed(cluster: SimCluster, name: string, beats: () => boolean): Promise<void> {
  const { clock } = cluster;
  await clock.sleep(GRACE_SECONDS);
  for (let tries = 0; tries < 100 && !cluster.kubelets.get(name)?.beats() && !beats(); tries++) {
    if (isWritable(cluster))
      return setNode(cluster, name, 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
    await clock.sleep(GRACE_SECONDS);
  }
}

/** Writes Ready with its taints, and the readiness of the node's pods. Nothing if the Node object is gone. */
function setNode(cluster: SimCluster, name: string, status: string, reason: string, message: string): void {
  const node = cluster.objects.get(NODES, '', name);
  if (!node) return;
  const was = node.status?.conditions?.find((one: { type: string }) => one.type === 'Ready');
  if (was?.status === status && was.reason === reason) return;
  const kept = (node.spec?.taints ?? []).filter(
    (taint: { key: string }) => !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(taint.key),
  );
  const key = status === 'Unknown' ? 'node.kubernetes.io/unreachable' : 'node.kubernetes.io/not-ready';
  const taints = status === 'True' ? kept : [...kept, { key, effect: 'NoSchedule' }];
  const next = {
    ...node,
    spec: { ...node.spec, taints },
    status: { ...node.status, conditions: conditions(status, reason, message) },
  };
  cluster.objects.replace(NODES, next);
  for (const pod of cluster.objects
    .list(PODS, '')
    .filter((one) => one.spec?.nodeName === name && one.status?.phase === 'Running')) {
    // A node without network still runs its host-network pods; only a silent one makes its pods unready.
    if (status !== 'False') cluster.objects.replace(PODS, withReady(pod, status === 'True', message));
  }
}

/** Static pods of a control plane appear again whenever they were deleted. */
function mirror(machine: Machine, cluster: SimCluster, name: string): void {
  const { controlPlane } = machine.joined ?? {};
  const uid = cluster.objects.get(NODES, '', name)?.metadata.uid;
  if (controlPlane && uid) createStaticPods(controlPlane, uid);
}

function labelsOf(registration: Registration) {
  return parseNodeLabels(registration.args['node-labels'] ?? '');
}

function statusOf({ hardware }: Machine, name: string) {
  const resources = { cpu: '32', memory: '263921868Ki', pods: '110' };
  return {
    addresses: [
      { type: 'InternalIP', address: hardware.ip },
      { type: 'Hostname', address: name },
    ],
    capacity: resources,
    allocatable: resources,
    nodeInfo: {
      kubeletVersion: hardware.image.kubernetesVersion,
      kubeProxyVersion: hardware.image.kubernetesVersion,
      osImage: 'Ubuntu 22.04.5 LTS',
      kernelVersion: '5.15.0-119-generic',
      containerRuntimeVersion: 'containerd://1.7.22',
      operatingSystem: 'linux',
      architecture: 'amd64',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}

function conditions(ready: string, reason: string, message: string) {
  const at = now();
  const fine = (type: string, why: string) => ({
    type,
    status: ready === 'Unknown' ? 'Unknown' : 'False',
    reason: ready === 'Unknown' ? 'NodeStatusUnknown' : why,
    message: ready === 'Unknown' ? 'Kubelet stopped posting node status.' : '',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  });
  return [
    fine('MemoryPressure', 'KubeletHasSufficientMemory'),
    fine('DiskPressure', 'KubeletHasNoDiskPressure'),
    fine('PIDPressure', 'KubeletHasSufficientPID'),
    { type: 'Ready', status: ready, reason, message, lastHeartbeatTime: at, lastTransitionTime: at },
  ];
}
