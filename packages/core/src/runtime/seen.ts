/**
 * Shapes of observations: what collectors write and planners read. One `seen` value per (subject, source).
 * Subjects are `refKey` of the object meant.
 */

/** Subject BareMetalHost, source 'power'. */
export interface PowerSeen {
  /** null = the BMC did not say. */
  on: boolean | null;
  /** Why the last look failed; the last known `on` is then stale. */
  error?: { code: string; message: string };
  /** RFC 3339; when `on` was last really read. */
  readAt?: string;
  /** RFC 3339; since when `on` is as it is. Names the epoch of a power operation, so that it can be repeated after somebody pressed the button. */
  changedAt?: string;
  /** RFC 3339; since when the BMC does not answer, while it does not. */
  errorSince?: string;
}

/** Subject BareMetalHost, source 'agent': the agent's last word. */
export interface AgentSeen {
  /** Which boot it belongs to; an agent of an earlier boot is nobody. */
  boot: string;
  /** Set by lookup; a second lookup of the same boot is refused. */
  lookedUpAt?: string;
  callbackUrl?: string;
  version?: string;
  /** PEM of the agent's own certificate, pinned. */
  verifyCa?: string;
  heartbeatAt?: string;
}

/** Subject BareMetalHost, source 'inspection': the agent's inventory has been written to HardwareData, or it failed. */
export interface InspectionSeen {
  boot: string;
  at: string;
  error?: string;
}

/** Any subject, source 'progress': where long work stands, for people. */
export interface ProgressSeen {
  step: string;
  percent?: number;
  startedAt: string;
}

/** Subject Cluster, source 'nodes'. */
export interface NodesSeen {
  /** false = we could not reach the cluster: nothing here says that a node is sick. */
  reachable: boolean;
  /** RFC 3339; since when `reachable` is as it is. */
  since: string;
  error?: string;
  nodes: NodeSeen[];
}

/** One Node of a workload cluster. */
export interface NodeSeen {
  name: string;
  uid: string;
  providerID?: string;
  kubeletVersion: string;
  osImage?: string;
  unschedulable: boolean;
  conditions: { type: string; status: string; reason?: string; message?: string; lastTransitionTime: string }[];
  addresses: { type: string; address: string }[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  createdAt: string;
}

/** Subject Cluster, source 'controlplane'. */
export interface ControlPlaneSeen {
  reachable: boolean;
  since: string;
  error?: string;
  /** Of the API server that answered. */
  serverVersion?: string;
  /** Static pods in kube-system, by node. */
  pods: {
    node: string;
    component: 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd';
    ready: boolean;
    message?: string;
  }[];
  etcd: {
    error?: string;
    members: { id: string; name: string; isLearner: boolean; isLeader: boolean; healthy: boolean; message?: string }[];
  };
}
