/** The kinds a person scales here, by the plural that stands in the URL. */
export const SCALED = [
  { plural: 'machinedeployments', kind: 'MachineDeployment', group: 'cluster.x-k8s.io' },
  { plural: 'kubeadmcontrolplanes', kind: 'KubeadmControlPlane', group: 'controlplane.cluster.x-k8s.io' },
] as const;
