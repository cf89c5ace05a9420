/** Machine: joins bootstrap, infrastructure and node into one story, and takes them apart again in order. */
import { ownerReference } from '../../runtime/actions.ts';
import { defineReconciler, type Env, type Plan } from '../../runtime/define-reconciler.ts';
import { type KubeObject, kubeTime } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { conditionOf, summarize } from '../shared/conditions.ts';
import { FINALIZERS, LABELS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import { addFinalizer, begin, condition, finish, setLabel, statusOf, wakeAfter } from '../shared/planning.ts';
import { deletion } from './deletion.ts';
import { Machine } from './kind.ts';
import { node } from './node.ts';
import { bootstrap, infrastructure, lacksCluster, type MachineWork } from './provided.ts';
import { observe, type Seen } from './seen.ts';

/** The reconciler. */
export const machineReconciler = defineReconciler({
  name: Machine.plural,
  for: Machine,
  owns: [KubeadmConfig, Metal3Machine],
  reads: [
    { kind: Cluster, wakes: (cluster) => [ofCluster(cluster, cluster.metadata.name)] },
    { kind: KubeadmConfig, wakes: sameName },
    { kind: Metal3Machine, wakes: sameName },
    {
      kind: KubeadmControlPlane,
      // Its going alone matters here: nodes of a control plane that goes are not drained.
      wakes: (controlPlane) => {
        const name = controlPlane.metadata.labels?.[LABELS.clusterName];
        return controlPlane.metadata.deletionTimestamp && name ? [ofCluster(controlPlane, name)] : [];
      },
    },
  ],
  writes: {
    'bootstrap.cluster.x-k8s.io/KubeadmConfig': ['metadata.ownerReferences', 'metadata.labels'],
    'infrastructure.cluster.x-k8s.io/Metal3Machine': ['metadata.ownerReferences', 'metadata.labels'],
  },
  observe,
  plan,
});

function ofCluster(object: KubeObject, name: string) {
  return { namespace: object.metadata.namespace ?? '', labels: { [LABELS.clusterName]: name } };
}

/** Bootstrap and infrastructure objects carry their Machine's name; before they are taken that is the only tie. */
function sameName(object: KubeObject) {
  return [{ namespace: object.metadata.namespace ?? '', name: object.metadata.name }];
}

/** Pure. */
export function plan(seen: Seen, env: Env): Plan {
  const work: MachineWork = begin(seen.self, env);
  condition(work, pausedCondition(seen.cluster, seen.self));
  if (isPaused(seen.cluster, seen.self)) return finish(work);
  if (work.self.metadata.deletionTimestamp) {
    deletion(work, seen);
    if (seen.nodes?.reachable) keepNode(work, seen);
  } else if (!seen.cluster) lacksCluster(work);
  else {
    adopt(work, seen);
    bootstrap(work, seen);
    infrastructure(work, seen);
    node(work, seen);
    condition(work, { type: 'Deleting', status: 'False', reason: 'NotDeleting', message: '' });
  }
  summary(work);
  phase(work);
  statusOf(work).observedGeneration = work.self.metadata.generation;
  return finish(work);
}

/** While it goes the node's health is still shown, but nothing is asked of it but what the deletion asks. */
function keepNode(work: MachineWork, seen: Seen): void {
  const { operation, because } = work;
  node(work, seen);
  work.operation = operation;
  work.because = because;
}

/** Label, finalizer, and the Cluster as owner of a Machine that nobody else owns. */
function adopt(work: MachineWork, seen: Seen): void {
  addFinalizer(work.self, FINALIZERS.machine);
  setLabel(work.self, LABELS.clusterName, work.self.spec.clusterName);
  const owners = work.self.metadata.ownerReferences ?? [];
  const owned = owners.some((owner) => owner.controller === true || owner.kind === Cluster.kind);
  if (!owned && seen.cluster) work.self.metadata.ownerReferences = [...owners, ownerReference(seen.cluster, false)];
}

/** Ready out of the others, Available out of Ready and time. */
function summary(work: MachineWork): void {
  const gates = (work.self.spec.readinessGates ?? []).map((gate) => ({
    type: gate.conditionType,
    negative: gate.polarity === 'Negative',
  }));
  const status = statusOf(work);
  const ready = condition(
    work,
    summarize(
      status.conditions,
      'Ready',
      [
        { type: 'Deleting', negative: true, optional: true },
        { type: 'Updating', negative: true, optional: true },
        { type: 'BootstrapConfigReady' },
        { type: 'InfrastructureReady' },
        { type: 'NodeHealthy' },
        { type: 'HealthCheckSucceeded', optional: true },
        ...gates,
      ],
      { True: 'Ready', False: 'NotReady', Unknown: 'ReadyUnknown' },
    ),
  );
  if (ready.status !== 'True') {
    condition(work, { type: 'Available', status: 'False', reason: 'NotReady', message: '' });
    return;
  }
  const seconds = work.self.spec.minReadySeconds ?? 0;
  const left = Date.parse(ready.lastTransitionTime) / 1000 + seconds - work.env.now.getTime() / 1000;
  if (left > 0) wakeAfter(work, left);
  condition(
    work,
    left > 0
      ? { type: 'Available', status: 'False', reason: 'WaitingForMinReadySeconds', message: '' }
      : { type: 'Available', status: 'True', reason: 'Available', message: '' },
  );
}

/** The phase; `lastUpdated` moves with it alone. */
function phase(work: MachineWork): void {
  const status = statusOf(work);
  const next = phaseOf(work);
  if (status.phase === next) return;
  status.phase = next;
  status.lastUpdated = kubeTime(work.env.now);
}

function phaseOf(work: MachineWork) {
  const { metadata, spec, status } = work.self;
  if (metadata.deletionTimestamp) return 'Deleting';
  if (conditionOf(work.self, 'Updating')?.status === 'True') return 'Updating';
  const provisioned = status?.initialization?.infrastructureProvisioned === true;
  if (status?.nodeRef && provisioned) return 'Running';
  if (spec.providerID && provisioned) return 'Provisioned';
  return status?.initialization?.bootstrapDataSecretCreated ? 'Provisioning' : 'Pending';
}
