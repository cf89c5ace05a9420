/** A cluster of 1 + 3 for the benches: the seed's shape with another name and endpoint. */
import { IMAGES } from '../../packages/sim/src/images.ts';

const IMAGE = { url: 'https://images.example.com/ubuntu-22.04-k8s.qcow2', checksumType: 'sha256', format: 'qcow2' };

/** The manifests of bench cluster `i`. The endpoint lies in the simulated site's network. */
export function clusterManifests(
  i: number,
  checksum = IMAGES.find(({ kubernetesVersion }) => kubernetesVersion === 'v1.32.0')?.sha256 ?? '',
): object[] {
  const name = `bench-${i}`;
  const meta = { name, namespace: 'clusters' };
  const template = (role: string, suffix: string) => ({
    apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
    kind: 'Metal3MachineTemplate',
    metadata: { ...meta, name: `${name}-${suffix}` },
    spec: { template: { spec: { image: { ...IMAGE, checksum }, hostSelector: { matchLabels: { role } } } } },
  });
  const ref = (group: string, kind: string, refName = name) => ({ apiVersion: `${group}/v1beta1`, kind, name: refName });
  const labels = { 'cluster.x-k8s.io/cluster-name': name };
  return [
    {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'Cluster',
      metadata: meta,
      spec: {
        clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] }, services: { cidrBlocks: ['10.96.0.0/12'] } },
        controlPlaneRef: ref('controlplane.cluster.x-k8s.io', 'KubeadmControlPlane'),
        infrastructureRef: ref('infrastructure.cluster.x-k8s.io', 'Metal3Cluster'),
      },
    },
    {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'Metal3Cluster',
      metadata: meta,
      spec: {
        controlPlaneEndpoint: { host: `10.1.${Math.floor(i / 200)}.${10 + (i % 200)}`, port: 6443 },
        noCloudProvider: true,
      },
    },
    {
      apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
      kind: 'KubeadmControlPlane',
      metadata: meta,
      spec: {
        replicas: 1,
        version: 'v1.32.0',
        machineTemplate: { infrastructureRef: ref('infrastructure.cluster.x-k8s.io', 'Metal3MachineTemplate', `${name}-cp`) },
        kubeadmConfigSpec: {},
      },
    },
    template('control-plane', 'cp'),
    template('worker', 'workers'),
    {
      apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta1',
      kind: 'KubeadmConfigTemplate',
      metadata: { ...meta, name: `${name}-workers` },
      spec: { template: { spec: { joinConfiguration: { nodeRegistration: {} } } } },
    },
    {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'MachineDeployment',
      metadata: { ...meta, name: `${name}-workers` },
      spec: {
        clusterName: name,
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            clusterName: name,
            version: 'v1.32.0',
            bootstrap: { configRef: ref('bootstrap.cluster.x-k8s.io', 'KubeadmConfigTemplate', `${name}-workers`) },
            infrastructureRef: ref('infrastructure.cluster.x-k8s.io', 'Metal3MachineTemplate', `${name}-workers`),
          },
        },
      },
    },
  ];
}
