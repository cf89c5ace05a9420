/** From what is seen to the inputs of bootstrap data. Pure. */
import type { BootstrapInputs, KubeadmConfigSpec, Role } from '../../bootstrap/inputs.ts';
import { endpointIsExternal } from '../metal3-cluster/kind.ts';
import { LABELS } from '../shared/labels.ts';
import type { KubeadmConfigSeen } from './observe.ts';
import { siteOfCluster } from './site-of-cluster.ts';

/** Names of the Secrets of a cluster, as Cluster API gives them (util/secret). */
export function clusterSecrets(cluster: string) {
  return { ca: `${cluster}-ca`, etcd: `${cluster}-etcd`, proxy: `${cluster}-proxy`, sa: `${cluster}-sa` };
}

/** Name of the Secret with a machine's own bootstrap token. */
export function tokenSecretName(config: string): string {
  return `${config}-token`;
}

/** What the machine's kubeadm run is for. */
export function roleOf(machineLabels: Record<string, string> | undefined, initialized: boolean): Role {
  if (machineLabels?.[LABELS.controlPlane] === undefined) return 'join-worker';
  return initialized ? 'join-control-plane' : 'init';
}

/** The inputs; or the sentence that says what they lack. */
export function inputsOf(seen: KubeadmConfigSeen, role: Role): BootstrapInputs | { lacks: string; wayOut?: string } {
  const { config, machine, cluster, metal3Cluster, sites } = seen;
  if (!machine || !cluster) return { lacks: 'its Machine and Cluster' };
  const endpoint = cluster.spec.controlPlaneEndpoint;
  if (!endpoint?.host || !endpoint.port) return { lacks: 'an endpoint of the control plane' };
  const version = machine.spec.version;
  if (!version) return { lacks: 'a Kubernetes version', wayOut: `Set spec.version of Machine ${machine.metadata.name}.` };
  const site = siteOfCluster(metal3Cluster, sites);
  const announces = role !== 'join-worker' && metal3Cluster !== null && !endpointIsExternal(metal3Cluster);
  if (announces && !site) return { lacks: 'a Site, which says with what to announce the endpoint' };
  const network = cluster.spec.clusterNetwork;
  return {
    role,
    cluster: { namespace: cluster.metadata.namespace ?? '', name: cluster.metadata.name },
    clusterNetwork: {
      podCIDRs: network?.pods?.cidrBlocks ?? [],
      serviceCIDRs: network?.services?.cidrBlocks ?? [],
      ...(network?.serviceDomain ? { serviceDomain: network.serviceDomain } : {}),
    },
    kubernetesVersion: version,
    endpoint: { host: endpoint.host, port: endpoint.port },
    nodeName: machine.metadata.name,
    kubeadmConfigSpec: config.spec as KubeadmConfigSpec,
    secrets: {
      ...clusterSecrets(cluster.metadata.name),
      ...(role === 'init' ? {} : { token: tokenSecretName(config.metadata.name) }),
    },
    ...(announces && site ? { kubeVip: { ...site.spec.kubeVip, address: endpoint.host } } : {}),
  };
}
