/** MachineSet: makes, replaces and gives up Machines. */
import { defineReconciler } from '../../runtime/define-reconciler.ts';
import { controllerOf, type KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineSet } from './kind.ts';
import { observeSet } from './observe.ts';
import { planSet } from './plan.ts';

const METADATA = ['metadata.labels', 'metadata.annotations'];

/** All sets of the cluster that an object's label names. */
function ofCluster(object: KubeObject, name = object.metadata.labels?.[LABELS.clusterName]) {
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? '', labels: { [LABELS.clusterName]: name } }];
}

/** All sets of the namespace: whichever name this template. */
const ofNamespace = (object: KubeObject) => [{ namespace: object.metadata.namespace ?? '' }];

/** The reconciler of MachineSets. */
export const machineSetReconciler = defineReconciler({
  name: MachineSet.plural,
  for: MachineSet,
  owns: [Machine, KubeadmConfig, Metal3Machine],
  reads: [
    { kind: Cluster, wakes: (cluster) => ofCluster(cluster, cluster.metadata.name) },
    { kind: KubeadmControlPlane, wakes: (controlPlane) => ofCluster(controlPlane) },
    { kind: MachineDeployment, wakes: (deployment) => [{ ownerUid: deployment.metadata.uid }] },
    // A sibling that appears makes this set the older one.
    { kind: MachineSet, wakes: (set) => [controllerOf(set)].flatMap((owner) => (owner ? [{ ownerUid: owner.uid }] : [])) },
    { kind: KubeadmConfigTemplate, wakes: ofNamespace },
    { kind: Metal3MachineTemplate, wakes: ofNamespace },
    { kind: Machine, wakes: orphanWakes },
  ],
  writes: {
    // Adoption.
    'cluster.x-k8s.io/Machine': ['metadata.ownerReferences'],
    // In-place propagation once the Machine has become their controller.
    'bootstrap.cluster.x-k8s.io/KubeadmConfig': METADATA,
    'infrastructure.cluster.x-k8s.io/Metal3Machine': METADATA,
  },
  observe: observeSet,
  plan: planSet,
});

function orphanWakes(machine: KubeObject) {
  const hash = machine.metadata.labels?.[LABELS.templateHash];
  if (hash === undefined || controllerOf(machine)) return [];
  return [{ namespace: machine.metadata.namespace ?? '', labels: { [LABELS.templateHash]: hash } }];
}
