/** Reads kubeadm's configuration as the kubeadm of the image would: the API versions it knows, arguments as maps or lists. */
import { parseAllDocuments } from 'yaml';
import { KubeadmError, type Machine } from './machine.ts';

/** What the simulation reads of kubeadm's documents. */
export interface KubeadmFile {
  ClusterConfiguration?: {
    clusterName?: string;
    kubernetesVersion: string;
    controlPlaneEndpoint: string;
    apiServer?: { certSANs?: string[] };
  };
  InitConfiguration?: { nodeRegistration?: NodeRegistration };
  JoinConfiguration?: {
    controlPlane?: object;
    discovery: { bootstrapToken: { token: string; apiServerEndpoint: string; caCertHashes?: string[] }; timeout?: string };
    timeouts?: { discovery?: string; tlsBootstrap?: string };
    nodeRegistration?: NodeRegistration;
  };
  /** The ClusterConfiguration document as text, for ConfigMap kubeadm-config. */
  clusterText?: string;
}

interface NodeRegistration {
  name?: string;
  taints?: { key: string; value?: string; effect: string }[];
  kubeletExtraArgs?: Record<string, string> | { name: string; value?: string }[];
}

/** Reads the file. Throws KubeadmError where this image's kubeadm would not understand it. */
export function readKubeadmFile(machine: Machine, path: string): KubeadmFile {
  const text = machine.files.get(path);
  if (text === undefined) throw new KubeadmError(`unable to read config from "${path}": open ${path}: no such file or directory`);
  const minor = Number(/^v1\.(\d+)/.exec(machine.hardware.image.kubernetesVersion)?.[1] ?? 0);
  const file: Record<string, unknown> = {};
  for (const document of parseAllDocuments(text)) {
    const content = document.toJS() as { apiVersion?: string; kind?: string } | null;
    if (!content?.kind) continue;
    const known =
      content.apiVersion === 'kubeadm.k8s.io/v1beta3' || (content.apiVersion === 'kubeadm.k8s.io/v1beta4' && minor >= 31);
    if (!known) throw new KubeadmError(`no kind "${content.kind}" is registered for version "${content.apiVersion}"`);
    file[content.kind] = content;
    if (content.kind === 'ClusterConfiguration') file.clusterText = String(document).replace(/^---\n/, '');
  }
  return file as KubeadmFile;
}

/** kubelet's arguments as a map. */
export function argsOf(registration: NodeRegistration | undefined): Record<string, string> {
  const args = registration?.kubeletExtraArgs ?? {};
  return Array.isArray(args) ? Object.fromEntries(args.map(({ name, value }) => [name, value ?? ''])) : args;
}

/** `host:port`, also with IPv6 in brackets. */
export function endpointOf(text: string): { host: string; port: number } {
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(text);
  if (!match) throw new KubeadmError(`"${text}" is not host:port`);
  return { host: match[1]!, port: Number(match[2]) };
}

/** Seconds of a Go duration such as `5m0s`; `otherwise` where there is none. */
export function secondsOf(duration: string | undefined, otherwise: number): number {
  if (!duration) return otherwise;
  const [, hours = '0', minutes = '0', seconds = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
