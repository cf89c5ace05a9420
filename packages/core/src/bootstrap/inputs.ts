/**
 * What bootstrap data is made from: public inputs only (names, versions, endpoints). Pure and browser-safe: the kubeadm-config
 * reconciler builds these, the recipes (recipes.ts) read them at execution.
 */

/** One argument of a component, as v1beta2 of Cluster API and v1beta4 of kubeadm write it. */
export interface Arg {
  name: string;
  value?: string;
}

/** A component's part of the ClusterConfiguration (v1beta2). */
export interface Component {
  extraArgs?: Arg[];
  extraVolumes?: { name: string; hostPath: string; mountPath: string; readOnly?: boolean; pathType?: string }[];
  extraEnvs?: { name: string; value?: string }[];
  certSANs?: string[];
}

/** Cluster API's ClusterConfiguration, v1beta2. */
export interface ClusterConfiguration {
  apiServer?: Component;
  controllerManager?: Component;
  scheduler?: Component;
  etcd?: {
    local?: {
      imageRepository?: string;
      imageTag?: string;
      dataDir?: string;
      extraArgs?: Arg[];
      extraEnvs?: { name: string; value?: string }[];
      serverCertSANs?: string[];
      peerCertSANs?: string[];
    };
    external?: { endpoints: string[]; caFile: string; certFile: string; keyFile: string };
  };
  dns?: { imageRepository?: string; imageTag?: string };
  controlPlaneEndpoint?: string;
  certificatesDir?: string;
  imageRepository?: string;
  featureGates?: Record<string, boolean>;
  certificateValidityPeriodDays?: number;
  caCertificateValidityPeriodDays?: number;
  encryptionAlgorithm?: string;
}

/** A taint of a Node. */
export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

/** How a node registers (v1beta2). */
export interface NodeRegistration {
  name?: string;
  criSocket?: string;
  /** undefined = kubeadm's default; [] = none. */
  taints?: Taint[];
  kubeletExtraArgs?: Arg[];
  ignorePreflightErrors?: string[];
  imagePullPolicy?: string;
  imagePullSerial?: boolean;
}

/** kubeadm's waits, in seconds (v1beta2 of Cluster API). */
export interface Timeouts {
  controlPlaneComponentHealthCheckSeconds?: number;
  kubeletHealthCheckSeconds?: number;
  kubernetesAPICallSeconds?: number;
  etcdAPICallSeconds?: number;
  tlsBootstrapSeconds?: number;
  discoverySeconds?: number;
}

/** kubeadm's InitConfiguration (v1beta2 of Cluster API). */
export interface InitConfiguration {
  nodeRegistration?: NodeRegistration;
  localAPIEndpoint?: { advertiseAddress?: string; bindPort?: number };
  skipPhases?: string[];
  patches?: { directory?: string };
  timeouts?: Timeouts;
}

/** kubeadm's JoinConfiguration (v1beta2 of Cluster API). */
export interface JoinConfiguration {
  nodeRegistration?: NodeRegistration;
  caCertPath?: string;
  discovery?: {
    bootstrapToken?: {
      token?: string;
      apiServerEndpoint?: string;
      caCertHashes?: string[];
      unsafeSkipCAVerification?: boolean;
    };
    tlsBootstrapToken?: string;
  };
  controlPlane?: { localAPIEndpoint?: { advertiseAddress?: string; bindPort?: number } };
  skipPhases?: string[];
  patches?: { directory?: string };
  timeouts?: Timeouts;
}

/** A file to write on the node. */
export interface File {
  path: string;
  owner?: string;
  permissions?: string;
  encoding?: 'base64' | 'gzip' | 'gzip+base64';
  append?: boolean;
  content?: string;
  /** Read from this Secret when the data is made. */
  contentFrom?: { secret: { name: string; key: string } };
}

/** A user to make on the node. */
export interface User {
  name: string;
  gecos?: string;
  groups?: string;
  homeDir?: string;
  inactive?: boolean;
  shell?: string;
  passwd?: string;
  passwdFrom?: { secret: { name: string; key: string } };
  primaryGroup?: string;
  lockPassword?: boolean;
  sudo?: string;
  sshAuthorizedKeys?: string[];
}

/** spec of a KubeadmConfig in the hub version (v1beta2), as far as rendering reads it. */
export interface KubeadmConfigSpec {
  clusterConfiguration?: ClusterConfiguration;
  initConfiguration?: InitConfiguration;
  joinConfiguration?: JoinConfiguration;
  files?: File[];
  diskSetup?: { filesystems?: Record<string, unknown>[]; partitions?: Record<string, unknown>[] };
  mounts?: string[][];
  bootCommands?: string[];
  preKubeadmCommands?: string[];
  postKubeadmCommands?: string[];
  users?: User[];
  ntp?: { servers?: string[]; enabled?: boolean };
  format?: string;
  verbosity?: number;
}

/** What a machine's kubeadm run is for. */
export type Role = 'init' | 'join-control-plane' | 'join-worker';

/** Inputs of the recipe `bootstrap-data`. */
export interface BootstrapInputs {
  role: Role;
  cluster: { namespace: string; name: string };
  clusterNetwork: { podCIDRs: string[]; serviceCIDRs: string[]; serviceDomain?: string };
  /** `v1.32.0`. */
  kubernetesVersion: string;
  endpoint: { host: string; port: number };
  /** Name of the Node; also what `local_hostname` of the instance data will say. */
  nodeName: string;
  kubeadmConfigSpec: KubeadmConfigSpec;
  /** Names of Secrets in the cluster's namespace. `token` for joins. */
  secrets: { ca: string; etcd: string; proxy: string; sa: string; token?: string };
  /** Set where the endpoint is ours to announce; only control-plane nodes carry it. */
  kubeVip?: { image: string; interface: string; address: string };
}

/** Inputs of the recipe `kubeconfig`. `renewal` counts half lives of the client certificate: a new number makes a new one. */
export interface KubeconfigInputs {
  cluster: { namespace: string; name: string };
  endpoint: { host: string; port: number };
  proxyURL?: string;
  /** Name of the Secret with the cluster CA. */
  ca: string;
  renewal: number;
}

/** How long a bootstrap token is good for; Cluster API's KubeadmConfig controller uses the same 15 minutes and renews while the machine has no node. */
export const TOKEN_SECONDS = 900;

/** Client certificates live a year and are made again at half of it, as Cluster API does (util/kubeconfig). */
export const CLIENT_CERTIFICATE_DAYS = 365;

/** Inputs of the kubeconfig recipe at `now`, for a cluster created at `createdAt` (RFC 3339). Pure. */
export function kubeconfigInputs(
  of: { cluster: { namespace: string; name: string }; endpoint: { host: string; port: number }; proxyURL?: string },
  createdAt: string,
  now: Date,
): KubeconfigInputs {
  const halfLifeMs = (CLIENT_CERTIFICATE_DAYS / 2) * 86_400_000;
  const renewal = Math.max(0, Math.floor((now.getTime() - Date.parse(createdAt)) / halfLifeMs));
  return { ...of, ca: `${of.cluster.name}-ca`, renewal };
}
