/**
 * kubeadm's configuration files from Cluster API's v1beta2 fields: the common part. v1beta3.ts and v1beta4.ts write what differs.
 */
import { stringify } from 'yaml';
import type {
  BootstrapInputs,
  ClusterConfiguration,
  InitConfiguration,
  JoinConfiguration,
  NodeRegistration,
  Role,
} from './inputs.ts';
import { withoutRefusedLabels } from './labels.ts';
import { v1beta3 } from './v1beta3.ts';
import { v1beta4 } from './v1beta4.ts';
import { defaultFeatureGates, kubeadmApi } from './versions.ts';

/** Taken away by the operation `node.sync`. */
export const UNINITIALIZED_TAINT = { key: 'node.cluster.x-k8s.io/uninitialized', effect: 'NoSchedule' };

/** How one API version of kubeadm writes its documents. */
export interface Dialect {
  apiVersion: string;
  cluster: (configuration: ClusterConfiguration, init: InitConfiguration) => Record<string, unknown>;
  init: (configuration: InitConfiguration) => Record<string, unknown>;
  join: (configuration: JoinConfiguration) => Record<string, unknown>;
}

/** What a join needs besides the user's fields. */
export interface JoinSecrets {
  token: string;
  caCertHash: string;
}

/** The kubeadm file of `kubeadm init`: ClusterConfiguration and InitConfiguration. */
export function renderInit(inputs: BootstrapInputs): string {
  const dialect = dialectOf(inputs);
  const { clusterConfiguration = {}, initConfiguration = {} } = inputs.kubeadmConfigSpec;
  const init = { ...initConfiguration, nodeRegistration: registration(initConfiguration.nodeRegistration) };
  const { podCIDRs, serviceCIDRs, serviceDomain } = inputs.clusterNetwork;
  const cluster = {
    ...dialect.cluster(withGates(clusterConfiguration, inputs.kubernetesVersion), init),
    clusterName: inputs.cluster.name,
    controlPlaneEndpoint: clusterConfiguration.controlPlaneEndpoint || hostPort(inputs.endpoint),
    kubernetesVersion: inputs.kubernetesVersion,
    networking: compact({
      dnsDomain: serviceDomain ?? 'cluster.local',
      podSubnet: podCIDRs.join(',') || undefined,
      serviceSubnet: serviceCIDRs.join(',') || undefined,
    }),
  };
  return documents([
    { apiVersion: dialect.apiVersion, kind: 'ClusterConfiguration', ...cluster },
    { apiVersion: dialect.apiVersion, kind: 'InitConfiguration', ...dialect.init(init) },
  ]);
}

/** The kubeadm file of `kubeadm join`. The user's own discovery wins where it names a token. */
export function renderJoin(inputs: BootstrapInputs, secrets: JoinSecrets): string {
  const dialect = dialectOf(inputs);
  const join = inputs.kubeadmConfigSpec.joinConfiguration ?? {};
  const own = join.discovery?.bootstrapToken;
  const configuration: JoinConfiguration = {
    ...join,
    nodeRegistration: withUninitializedTaint(registration(join.nodeRegistration), inputs.role),
    discovery: {
      ...join.discovery,
      bootstrapToken: {
        ...own,
        token: own?.token || secrets.token,
        apiServerEndpoint: own?.apiServerEndpoint || hostPort(inputs.endpoint),
        ...(own?.unsafeSkipCAVerification
          ? {}
          : { caCertHashes: own?.caCertHashes?.length ? own.caCertHashes : [secrets.caCertHash] }),
      },
    },
    controlPlane: inputs.role === 'join-control-plane' ? { localAPIEndpoint: {}, ...join.controlPlane } : undefined,
  };
  return documents([{ apiVersion: dialect.apiVersion, kind: 'JoinConfiguration', ...dialect.join(configuration) }]);
}

/** What joins tokens, but never says it twice: a user's own provider id and name win. */
function registration(own: NodeRegistration = {}): NodeRegistration {
  const { args } = withoutRefusedLabels(own.kubeletExtraArgs ?? []);
  const hasProvider = args.some((arg) => arg.name === 'provider-id');
  return {
    ...own,
    name: own.name || '{{ ds.meta_data.local_hostname }}',
    kubeletExtraArgs: hasProvider ? args : [...args, { name: 'provider-id', value: 'metal3://{{ ds.meta_data.providerid }}' }],
  };
}

/** Workers start tainted until their Machine's labels have been set on the Node, so that no pod lands there by a missing label (CAPI). */
function withUninitializedTaint(of: NodeRegistration, role: Role): NodeRegistration {
  if (role !== 'join-worker' || of.taints?.some((taint) => taint.key === UNINITIALIZED_TAINT.key)) return of;
  return { ...of, taints: [...(of.taints ?? []), UNINITIALIZED_TAINT] };
}

function withGates(configuration: ClusterConfiguration, version: string): ClusterConfiguration {
  const featureGates = { ...defaultFeatureGates(version), ...configuration.featureGates };
  return Object.keys(featureGates).length > 0 ? { ...configuration, featureGates } : configuration;
}

function dialectOf(inputs: BootstrapInputs): Dialect {
  return kubeadmApi(inputs.kubernetesVersion) === 'v1beta3' ? v1beta3 : v1beta4;
}

function hostPort({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function documents(all: Record<string, unknown>[]): string {
  return all.map((one) => `---\n${stringify(compact(one), { lineWidth: 0 })}`).join('');
}

/** Without what is undefined: kubeadm's strict decoding knows no nulls. */
export function compact<T extends Record<string, unknown>>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
