/** The list of reconcilers: a table of contents. Server only. */
import { bareMetalHostReconciler } from './kinds/bare-metal-host/reconciler.ts';
import { kubeadmConfigReconciler } from './kinds/kubeadm-config/reconciler.ts';
import { machineReconciler } from './kinds/machine/reconciler.ts';
import { metal3ClusterReconciler } from './kinds/metal3-cluster/reconciler.ts';
import { metal3MachineReconciler } from './kinds/metal3-machine/reconciler.ts';
import type { Reconciler } from './runtime/define-reconciler.ts';

/** Every reconciler. */
export const RECONCILERS: readonly Reconciler[] = [
  machineReconciler,
  metal3ClusterReconciler,
  metal3MachineReconciler,
  kubeadmConfigReconciler,
  bareMetalHostReconciler,
];
