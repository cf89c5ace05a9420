/** Manifests of the specs: the examples with other names, and a small cluster of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'examples/production';

/** The seed's own files: the examples with the seed's placeholders put back, under names that nobody else has. */
export function seedFiles(name: string, endpoint: string): string {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  return files
    .map((file) => readFileSync(join(FOLDER, file), 'utf8'))
    .join('\n---\n')
    .replaceAll('production', name)
    .replaceAll('server-rack1-u10', `${name}-host`)
    .replaceAll('spare-01', `${name}-spare`)
    .replaceAll(/"sim-[0-9a-f]+"/g, '"CHANGE_ME_IN_VAULT"')
    .replaceAll(/address: "idrac[^"]+"/g, 'address: "ipmi://192.168.1.10"')
    .replaceAll(/"sha256:[0-9a-f]+"/g, '"sha256:abc123..."')
    .replaceAll('10.0.0.100', endpoint);
}

/** The image of the examples, as `spec.image` of a host. */
export function exampleImage(): Record<string, string> {
  const text = readFileSync(join(FOLDER, '20-cluster-production.yaml'), 'utf8');
  const [url = '', checksum = ''] = [/ url: "([^"]+)"/, / checksum: "([^"]+)"/].map((pattern) => pattern.exec(text)?.[1]);
  return { url, checksum, checksumType: 'sha256', format: 'qcow2' };
}

/** A cluster of one control-plane machine, on hosts with these labels. */
export function smallCluster(name: string, endpoint: string, labels: Record<string, string>): string {
  const [image] = readFileSync(join(FOLDER, '20-cluster-production.yaml'), 'utf8').match(/ {6}image:\n( {8}.+\n)+/) ?? [''];
  return `apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: { name: ${name}, namespace: clusters }
spec:
  clusterNetwork: { pods: { cidrBlocks: ["10.244.0.0/16"] }, services: { cidrBlocks: ["10.96.0.0/12"] } }
  controlPlaneRef: { apiVersion: controlplane.cluster.x-k8s.io/v1beta1, kind: KubeadmControlPlane, name: ${name}-cp }
  infrastructureRef: { apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: Metal3Cluster, name: ${name} }
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: Metal3Cluster
metadata: { name: ${name}, namespace: clusters }
spec:
  controlPlaneEndpoint: { host: ${endpoint}, port: 6443 }
  noCloudProvider: true
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: { name: ${name}-cp, namespace: clusters }
spec:
  replicas: 1
  version: v1.32.0
  machineTemplate:
    infrastructureRef:
      apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
      kind: Metal3MachineTemplate
      name: ${name}-cp
  kubeadmConfigSpec: {}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: Metal3MachineTemplate
metadata: { name: ${name}-cp, namespace: clusters }
spec:
  template:
    spec:
${image}      hostSelector:
        matchLabels: ${JSON.stringify(labels)}
`;
}
