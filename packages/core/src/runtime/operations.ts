/**
 * Operations: what a plan may ask of metal or of a workload cluster. A closed union; each kind is handled by one function of an
 * OperationRunner. All are safe to repeat: they set a state (On, ForceOff, inserted) or look first at what has been done.
 * Arguments never hold a secret: the runner reads Secrets itself when it acts.
 */

/** Acts on a BareMetalHost through its BMC. Subject: the BareMetalHost. */
export type BmcOperation =
  /** Logs in, reads identity and power. Result: {@link RegisterResult}. */
  | { kind: 'bmc.register'; args: { address: string; credentialsVersion: string } }
  /** Sets the power state and waits until the BMC reports it (limits.powerChangeSeconds). Off is ForceOff, never a toggle. */
  | { kind: 'bmc.power'; args: { on: boolean } }
  /** Boots once from the device at the next power on. */
  | { kind: 'bmc.bootOnce'; args: { device: 'Cd' | 'Pxe' | 'Hdd'; mode: 'UEFI' | 'Legacy' } }
  /** Inserts this host's agent ISO (one-time URL, made by the runner). `boot` names the boot it is for. */
  | { kind: 'bmc.insertAgent'; args: { boot: string } }
  | { kind: 'bmc.ejectMedia'; args: Record<string, never> };

/** Acts on the agent (ironic-python-agent) that runs on a host. Subject: the BareMetalHost. Async ones stay `running` until the agent reports. */
export type AgentOperation =
  /** Sync. Result: the agent's steps. */
  | { kind: 'agent.getSteps'; args: { phase: 'clean' | 'deploy'; boot: string } }
  /** Async. Cleans; `step` is one of the agent's own (`erase_devices_metadata`). */
  | { kind: 'agent.clean'; args: { step: string; boot: string } }
  /** Async. Writes the image and the host's config drive (from its bound Secrets; the runner reads them). */
  | {
      kind: 'agent.writeImage';
      args: {
        image: ImageToWrite;
        rootDeviceHints?: Record<string, string | number | boolean>;
        userData?: SecretName;
        metaData?: SecretName;
        networkData?: SecretName;
        boot: string;
      };
    }
  /** Async. UEFI boot entry for a whole-disk image. */
  | { kind: 'agent.installBootloader'; args: { mode: 'UEFI' | 'Legacy'; boot: string } }
  /** Sync. Flushes disks before the power goes. */
  | { kind: 'agent.sync'; args: { boot: string } };

/** Acts on a cluster we made, through its kubeconfig Secret. Subject: the Machine, KubeadmControlPlane or Cluster that asks. */
export type WorkloadOperation =
  | { kind: 'node.drain'; args: { cluster: ClusterName; node: string } }
  | { kind: 'node.delete'; args: { cluster: ClusterName; node: string } }
  /** Sets labels, annotations and providerID; removes the taint `node.cluster.x-k8s.io/uninitialized`. */
  | {
      kind: 'node.sync';
      args: { cluster: ClusterName; node: string; labels: Record<string, string>; annotations: Record<string, string> };
    }
  /**
   * Makes the bootstrap token of this Secret known to the cluster, so that a node can join with it. `kubernetesVersion`: the node is
   * a control plane of this version; kubeadm takes the version of its components from the cluster's kubeadm-config, which is raised to it.
   */
  | { kind: 'workload.token'; args: { cluster: ClusterName; secret: SecretName; kubernetesVersion?: string } }
  /** Applies the site's CNI manifest (text kept in a ConfigMap). */
  | { kind: 'workload.apply'; args: { cluster: ClusterName; configMap: SecretName; digest: string } }
  | { kind: 'etcd.moveLeader'; args: { cluster: ClusterName; node: string } }
  | { kind: 'etcd.removeMember'; args: { cluster: ClusterName; node: string } };

/** Any operation. */
export type OperationSpec = BmcOperation | AgentOperation | WorkloadOperation;

/** Names a Secret or ConfigMap. */
export interface SecretName {
  namespace: string;
  name: string;
}

/** Names a Cluster object. */
export interface ClusterName {
  namespace: string;
  name: string;
}

/** spec.image of a BareMetalHost, resolved to one OSImage. */
export interface ImageToWrite {
  url: string;
  checksum: string;
  checksumType: 'md5' | 'sha256' | 'sha512';
  format: 'raw' | 'qcow2';
}

/** Result of bmc.register. */
export interface RegisterResult {
  powerOn: boolean;
  systemId: string;
  manufacturer: string;
  model: string;
  serialNumber: string;
  bmcFirmware?: string;
  biosVersion?: string;
  bootMode?: 'UEFI' | 'Legacy';
}

/** What became of one try. */
export type OperationOutcome =
  | { state: 'succeeded'; result?: unknown }
  /** Goes on by itself; `handle` finds it again. Looked at by `poll` and by collectors. */
  | { state: 'running'; handle: string }
  | { state: 'failed'; code: string; message: string; retryable: boolean };

/** Codes of failed operations that planners may tell apart. */
export const OPERATION_ERRORS = {
  unreachable: 'Unreachable',
  auth: 'AuthFailed',
  unsupported: 'Unsupported',
  busy: 'Busy',
  protocol: 'ProtocolError',
  agentGone: 'AgentGone',
  stepFailed: 'StepFailed',
  noDriver: 'NoDriver',
  badInput: 'BadInput',
  timeout: 'Timeout',
} as const;
