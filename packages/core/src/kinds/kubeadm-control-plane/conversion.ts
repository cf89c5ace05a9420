/** KubeadmControlPlane v1beta1. */
import { z } from 'zod';
import type { Column, Version } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { conversion, duration, type Move, reference, under } from '../shared/convert.ts';
import { KUBEADM_SPEC_MOVES, KubeadmConfigSpecV1Beta1 } from '../shared/kubeadm-v1beta1.ts';
import { GROUPS, LABELS } from '../shared/labels.ts';
import { DELETION_MOVES } from '../shared/machine-template.ts';
import {
  Conditions,
  Count,
  Gate,
  GoDuration,
  IntOrString,
  MachineTaint,
  Naming,
  ObjectReference,
  StatusVersions,
  TemplateMeta,
  Time,
  V1Beta1Conditions,
} from '../shared/schema.ts';

const Spec = z.object({
  replicas: Count.optional(),
  version: z.string(),
  machineTemplate: z.object({
    metadata: TemplateMeta.optional(),
    infrastructureRef: ObjectReference,
    readinessGates: z.array(Gate).optional(),
    nodeDrainTimeout: GoDuration.optional(),
    nodeVolumeDetachTimeout: GoDuration.optional(),
    nodeDeletionTimeout: GoDuration.optional(),
    taints: z.array(MachineTaint).optional(),
  }),
  kubeadmConfigSpec: KubeadmConfigSpecV1Beta1,
  rolloutBefore: z.object({ certificatesExpiryDays: z.int().min(7).optional() }).optional(),
  rolloutAfter: Time.optional(),
  rolloutStrategy: z
    .object({
      type: z.enum(['RollingUpdate']).optional(),
      rollingUpdate: z.object({ maxSurge: IntOrString.optional() }).optional(),
    })
    .optional(),
  remediationStrategy: z
    .object({ maxRetry: Count.optional(), retryPeriod: GoDuration.optional(), minHealthyPeriod: GoDuration.optional() })
    .optional(),
  machineNamingStrategy: Naming.optional(),
});

const Status = z.object({
  selector: z.string().optional(),
  replicas: Count.optional(),
  version: z.string().optional(),
  updatedReplicas: Count.optional(),
  readyReplicas: Count.optional(),
  unavailableReplicas: Count.optional(),
  initialized: z.boolean().optional(),
  ready: z.boolean().optional(),
  failureReason: z.string().optional(),
  failureMessage: z.string().optional(),
  observedGeneration: z.int().optional(),
  conditions: V1Beta1Conditions,
  lastRemediation: z.object({ machine: z.string(), timestamp: Time, retryCount: Count }).optional(),
  versions: StatusVersions,
  v1beta2: z
    .object({
      conditions: Conditions,
      readyReplicas: Count.optional(),
      availableReplicas: Count.optional(),
      upToDateReplicas: Count.optional(),
    })
    .optional(),
});

const MOVES: readonly Move[] = [
  { old: 'spec.machineTemplate.infrastructureRef', hub: 'spec.machineTemplate.spec.infrastructureRef', as: reference },
  { old: 'spec.machineTemplate.readinessGates', hub: 'spec.machineTemplate.spec.readinessGates' },
  { old: 'spec.machineTemplate.taints', hub: 'spec.machineTemplate.spec.taints' },
  ...under('spec.machineTemplate', 'spec.machineTemplate.spec', DELETION_MOVES),
  ...under('spec.kubeadmConfigSpec', 'spec.kubeadmConfigSpec', KUBEADM_SPEC_MOVES),
  { old: 'spec.rolloutBefore', hub: 'spec.rollout.before' },
  { old: 'spec.rolloutAfter', hub: 'spec.rollout.after' },
  { old: 'spec.rolloutStrategy', hub: 'spec.rollout.strategy' },
  { old: 'spec.remediationStrategy.maxRetry', hub: 'spec.remediation.maxRetry' },
  { old: 'spec.remediationStrategy.retryPeriod', hub: 'spec.remediation.retryPeriodSeconds', as: duration },
  { old: 'spec.remediationStrategy.minHealthyPeriod', hub: 'spec.remediation.minHealthyPeriodSeconds', as: duration },
  { old: 'spec.machineNamingStrategy', hub: 'spec.machineNaming' },
  { old: 'status.initialized', hub: 'status.initialization.controlPlaneInitialized' },
  // Upstream drops it; the hub says the same by its conditions.
  { old: 'status.ready', hub: null },
  { old: 'status.lastRemediation.timestamp', hub: 'status.lastRemediation.time' },
  ...['conditions', 'failureReason', 'failureMessage', 'updatedReplicas', 'readyReplicas', 'unavailableReplicas'].map(
    (field): Move => ({ old: `status.${field}`, hub: `status.deprecated.v1beta1.${field}` }),
  ),
  ...['conditions', 'readyReplicas', 'availableReplicas', 'upToDateReplicas'].map(
    (field): Move => ({ old: `status.v1beta2.${field}`, hub: `status.${field}` }),
  ),
];

const { toHub, fromHub } = conversion(GROUPS.controlPlane, 'v1beta2', 'v1beta1', MOVES);

/** v1beta1 asks for kubeadmConfigSpec, and prints `ready`, which the hub knows as "at least one replica is ready". */
function fromHubWithReady(object: KubeObject): KubeObject {
  const made = fromHub(object) as KubeObject<Record<string, unknown>, Record<string, unknown>>;
  const { spec, status } = made;
  if (spec) spec.kubeadmConfigSpec ??= {};
  const ready = (object.status as { readyReplicas?: number } | undefined)?.readyReplicas;
  if (status && ready !== undefined) status.ready = ready > 0;
  return made;
}

type Old = { spec?: z.output<typeof Spec>; status?: z.output<typeof Status> };
const old = (kcp: KubeObject) => kcp as unknown as Old;

const columns: Column<unknown, unknown>[] = [
  { name: 'Cluster', type: 'string', of: (kcp) => kcp.metadata.labels?.[LABELS.clusterName] },
  { name: 'Initialized', type: 'boolean', of: (kcp) => old(kcp).status?.initialized },
  { name: 'API Server Available', type: 'boolean', of: (kcp) => old(kcp).status?.ready },
  { name: 'Desired', type: 'integer', wide: true, of: (kcp) => old(kcp).spec?.replicas },
  { name: 'Replicas', type: 'integer', of: (kcp) => old(kcp).status?.replicas },
  { name: 'Ready', type: 'integer', of: (kcp) => old(kcp).status?.readyReplicas },
  { name: 'Updated', type: 'integer', of: (kcp) => old(kcp).status?.updatedReplicas },
  { name: 'Unavailable', type: 'integer', of: (kcp) => old(kcp).status?.unavailableReplicas },
  { name: 'Age', type: 'date', of: (kcp) => kcp.metadata.creationTimestamp },
  { name: 'Version', type: 'string', of: (kcp) => old(kcp).spec?.version },
];

/** The deprecated version. */
export const v1beta1: Version = {
  name: 'v1beta1',
  served: true,
  deprecated: true,
  schema: { spec: Spec, status: Status },
  columns,
  toHub,
  fromHub: fromHubWithReady,
};
