/** Labels, annotations and finalizers of Cluster API, by the names upstream gives them on the wire. */

/** Labels. */
export const LABELS = {
  clusterName: 'cluster.x-k8s.io/cluster-name',
  /** Present (empty) on control-plane Machines only. */
  controlPlane: 'cluster.x-k8s.io/control-plane',
  controlPlaneName: 'cluster.x-k8s.io/control-plane-name',
  deploymentName: 'cluster.x-k8s.io/deployment-name',
  setName: 'cluster.x-k8s.io/set-name',
  /** Hash of the part of a MachineDeployment's template that needs new machines. */
  templateHash: 'machine-template-hash',
} as const;

/** Annotations. */
export const ANNOTATIONS = {
  paused: 'cluster.x-k8s.io/paused',
  deleteMachine: 'cluster.x-k8s.io/delete-machine',
  disableMachineCreate: 'cluster.x-k8s.io/disable-machine-create',
  skipRemediation: 'cluster.x-k8s.io/skip-remediation',
  remediateMachine: 'cluster.x-k8s.io/remediate-machine',
  clonedFromName: 'cluster.x-k8s.io/cloned-from-name',
  clonedFromGroupKind: 'cluster.x-k8s.io/cloned-from-groupkind',
  skipPreflightChecks: 'machineset.cluster.x-k8s.io/skip-preflight-checks',
  revision: 'machinedeployment.clusters.x-k8s.io/revision',
  desiredReplicas: 'machinedeployment.clusters.x-k8s.io/desired-replicas',
  maxReplicas: 'machinedeployment.clusters.x-k8s.io/max-replicas',
  autoscalerMin: 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size',
  autoscalerMax: 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size',
  excludeNodeDraining: 'machine.cluster.x-k8s.io/exclude-node-draining',
  preDrainHookPrefix: 'pre-drain.delete.hook.machine.cluster.x-k8s.io',
  preTerminateHookPrefix: 'pre-terminate.delete.hook.machine.cluster.x-k8s.io',
} as const;

/** Finalizers. */
export const FINALIZERS = {
  cluster: 'cluster.cluster.x-k8s.io',
  machine: 'machine.cluster.x-k8s.io',
  machineSet: 'cluster.x-k8s.io/machineset',
  machineDeployment: 'cluster.x-k8s.io/machinedeployment',
  kubeadmControlPlane: 'kubeadm.controlplane.cluster.x-k8s.io',
} as const;

/** API groups. */
export const GROUPS = {
  core: 'cluster.x-k8s.io',
  controlPlane: 'controlplane.cluster.x-k8s.io',
  bootstrap: 'bootstrap.cluster.x-k8s.io',
  infrastructure: 'infrastructure.cluster.x-k8s.io',
} as const;

/** The category all Cluster API kinds share (`kubectl get cluster-api`). */
export const CATEGORY = 'cluster-api';
