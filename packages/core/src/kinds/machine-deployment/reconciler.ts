/** MachineDeployment: keeps one MachineSet per revision and moves machines from the old to the new. */
import { defineReconciler } from '../../runtime/define-reconciler.ts';
import { controllerOf, type KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage } from '../os-image/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineDeployment } from './kind.ts';
import { observeDeployment } from './observe.ts';
import { planDeployment } from './plan.ts';

function ofCluster(object: KubeObject, name = object.metadata.labels?.[LABELS.clusterName]) {
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? '', labels: { [LABELS.clusterName]: name } }];
}

const ofNamespace = (object: KubeObject) => [{ namespace: object.metadata.namespace ?? '' }];

/** A Machine belongs to the deployment that its label names, through a set. */
function deploymentOfMachine(machine: KubeObject) {
  const name = machine.metadata.labels?.[LABELS.deploymentName];
  return name === undefined || !controllerOf(machine) ? [] : [{ namespace: machine.metadata.namespace ?? '', name }];
}

/** The reconciler of MachineDeployments. */
export const machineDeploymentReconciler = defineReconciler({
  name: MachineDeployment.plural,
  for: MachineDeployment,
  owns: [MachineSet],
  reads: [
    { kind: Cluster, wakes: (cluster) => ofCluster(cluster, cluster.metadata.name) },
    { kind: KubeadmControlPlane, wakes: (controlPlane) => ofCluster(controlPlane) },
    { kind: Machine, wakes: deploymentOfMachine },
    { kind: KubeadmConfigTemplate, wakes: ofNamespace },
    { kind: Metal3MachineTemplate, wakes: ofNamespace },
    // A new image may be what a rollout waits for.
    { kind: OSImage, wakes: () => [{}] },
  ],
  observe: observeDeployment,
  plan: planDeployment,
});
