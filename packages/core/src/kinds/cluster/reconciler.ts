/** Cluster: holds infrastructure, control plane and workers together, sums them up, and takes them down in order. */
import { event } from '../../runtime/actions.ts';
import { defineReconciler, type Env, type Plan } from '../../runtime/define-reconciler.ts';
import type { KubeObject } from '../../store/object.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { MachineHealthCheck } from '../machine-health-check/kind.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { FINALIZERS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import { addFinalizer, begin, condition, finish, statusOf } from '../shared/planning.ts';
import { deletion } from './deletion.ts';
import { Cluster } from './kind.ts';
import { own } from './own.ts';
import { observe, type Seen } from './seen.ts';
import { activity, available, type ClusterWork, controlPlane, infrastructure, probe, workers } from './status.ts';

const OWN = ['metadata.ownerReferences', 'metadata.labels', 'delete'];

/** The reconciler. */
export const clusterReconciler = defineReconciler({
  name: Cluster.plural,
  for: Cluster,
  owns: [Metal3Cluster, KubeadmControlPlane, MachineDeployment, MachineHealthCheck, MachineSet, Machine],
  reads: [
    { kind: Metal3Cluster, wakes: wakesUnowned },
    { kind: KubeadmControlPlane, wakes: wakesUnowned },
    ...[Machine, MachineDeployment, MachineSet, MachineHealthCheck].map((kind) => ({ kind, wakes: wakesByName })),
  ],
  writes: {
    'infrastructure.cluster.x-k8s.io/Metal3Cluster': OWN,
    'infrastructure.cluster.x-k8s.io/Metal3MachineTemplate': ['metadata.ownerReferences'],
    'bootstrap.cluster.x-k8s.io/KubeadmConfigTemplate': ['metadata.ownerReferences'],
    'controlplane.cluster.x-k8s.io/KubeadmControlPlane': OWN,
    'cluster.x-k8s.io/MachineDeployment': OWN,
    'cluster.x-k8s.io/MachineHealthCheck': OWN,
    'cluster.x-k8s.io/MachineSet': OWN,
    'cluster.x-k8s.io/Machine': ['delete'],
  },
  observe,
  plan,
});

function wakesByName(object: KubeObject) {
  const name = (object.spec as { clusterName?: string }).clusterName;
  return name ? [{ namespace: object.metadata.namespace ?? '', name }] : [];
}

/** Before a Cluster has taken it nothing tells whose it is: all Clusters of the namespace look. */
function wakesUnowned(object: KubeObject) {
  const owned = object.metadata.ownerReferences?.some((owner) => owner.kind === Cluster.kind);
  return owned ? [] : [{ namespace: object.metadata.namespace ?? '' }];
}

/** Pure. */
export function plan(seen: Seen, env: Env): Plan {
  const work: ClusterWork = begin(seen.self, env);
  condition(work, pausedCondition(seen.self, seen.self));
  if (isPaused(seen.self, seen.self)) return finish(work);
  if (seen.self.metadata.deletionTimestamp) deletion(work, seen);
  else {
    addFinalizer(work.self, FINALIZERS.cluster);
    own(work, seen);
    condition(work, { type: 'Deleting', status: 'False', reason: 'NotDeleting', message: '' });
  }
  const said = work.because;
  infrastructure(work, seen);
  controlPlane(work, seen);
  workers(work, seen);
  activity(work, seen);
  probe(work, seen);
  available(work);
  if (seen.self.metadata.deletionTimestamp) work.because = said;
  news(work);
  phase(work);
  statusOf(work).observedGeneration = work.self.metadata.generation;
  return finish(work);
}

/** Events when infrastructure and control plane come up. */
function news(work: ClusterWork): void {
  for (const [type, reason] of [
    ['InfrastructureReady', 'InfrastructureReady'],
    ['ControlPlaneInitialized', 'ControlPlaneInitialized'],
  ] as const) {
    const before = conditionOf(work.was, type)?.status === 'True';
    if (before || conditionOf(work.self, type)?.status !== 'True') continue;
    const message = `Cluster ${work.self.metadata.name} ${type === 'InfrastructureReady' ? 'infrastructure is ready' : 'control plane is initialized'}`;
    work.actions.push(event(work.was, 'Normal', reason, message));
  }
}

/** The phase, with an event for each change. */
function phase(work: ClusterWork): void {
  const status = statusOf(work);
  const next = phaseOf(work);
  if (status.phase === next) return;
  status.phase = next;
  work.actions.push(event(work.was, 'Normal', next, `Cluster ${work.self.metadata.name} is ${next}`));
}

function phaseOf(work: ClusterWork) {
  const { metadata, spec, status } = work.self;
  if (metadata.deletionTimestamp) return 'Deleting';
  const { host, port } = spec.controlPlaneEndpoint ?? {};
  if (status?.initialization?.infrastructureProvisioned && host && port) return 'Provisioned';
  return spec.infrastructureRef || spec.controlPlaneRef ? 'Provisioning' : 'Pending';
}
