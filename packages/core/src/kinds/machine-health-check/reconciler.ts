/** MachineHealthCheck: marks machines that are unhealthy for too long. */
import { defineReconciler } from '../../runtime/define-reconciler.ts';
import type { KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { Machine } from '../machine/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineHealthCheck } from './kind.ts';
import { observeCheck } from './observe.ts';
import { planCheck } from './plan.ts';

function ofCluster(object: KubeObject, name: string | undefined) {
  return name === undefined ? [] : [{ namespace: object.metadata.namespace ?? '', labels: { [LABELS.clusterName]: name } }];
}

/** The reconciler of MachineHealthChecks. Node conditions reach it through the collector's wakes and the Machines' own conditions. */
export const machineHealthCheckReconciler = defineReconciler({
  name: MachineHealthCheck.plural,
  for: MachineHealthCheck,
  reads: [
    { kind: Cluster, wakes: (cluster) => ofCluster(cluster, cluster.metadata.name) },
    { kind: Machine, wakes: (machine) => ofCluster(machine, machine.metadata.labels?.[LABELS.clusterName]) },
  ],
  writes: { 'cluster.x-k8s.io/Machine': ['status.conditions'] },
  observe: observeCheck,
  plan: planCheck,
});
