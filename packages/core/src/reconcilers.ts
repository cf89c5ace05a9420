/** The list of reconcilers: a table of contents. Server only. */

import { bareMetalHostReconciler } from './kinds/bare-metal-host/reconciler.ts';
import { clusterReconciler } from './kinds/cluster/reconciler.ts';
import { KINDS } from './kinds/index.ts';
import { kubeadmConfigReconciler } from './kinds/kubeadm-config/reconciler.ts';
import { kubeadmControlPlaneReconciler } from './kinds/kubeadm-control-plane/reconciler.ts';
import { machineReconciler } from './kinds/machine/reconciler.ts';
import { machineDeploymentReconciler } from './kinds/machine-deployment/reconciler.ts';
import { machineHealthCheckReconciler } from './kinds/machine-health-check/reconciler.ts';
import { machineSetReconciler } from './kinds/machine-set/reconciler.ts';
import { metal3ClusterReconciler } from './kinds/metal3-cluster/reconciler.ts';
import { metal3MachineReconciler } from './kinds/metal3-machine/reconciler.ts';
import { namespaceReconciler } from './kinds/namespace/reconciler.ts';
import type { Reconciler } from './runtime/define-reconciler.ts';

/** Every reconciler. */
export const RECONCILERS: readonly Reconciler[] = [
  namespaceReconciler(KINDS),
  clusterReconciler,
  kubeadmControlPlaneReconciler,
  machineDeploymentReconciler,
  machineSetReconciler,
  machineReconciler,
  machineHealthCheckReconciler,
  kubeadmConfigReconciler,
  metal3ClusterReconciler,
  metal3MachineReconciler,
  bareMetalHostReconciler,
];
