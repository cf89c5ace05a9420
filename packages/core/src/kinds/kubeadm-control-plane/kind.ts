/** KubeadmControlPlane: the control-plane machines of a cluster, their etcd and their upgrades. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { kubeadmWarnings } from '../shared/kubeadm-checks.ts';
import { KubeadmConfigSpec } from '../shared/kubeadm-spec.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { MachineDeletion } from '../shared/machine-template.ts';
import {
  Conditions,
  ContractRef,
  Count,
  Gate,
  IntOrString,
  MachineTaint,
  Naming,
  Seconds,
  StatusVersions,
  TemplateMeta,
  Time,
  V1Beta1Conditions,
} from '../shared/schema.ts';
import { withV } from '../shared/versions.ts';
import { v1beta1 } from './conversion.ts';
import { checkControlPlane, checkControlPlaneChange } from './validation.ts';

/** Spec of a KubeadmControlPlane. */
export const ControlPlaneSpec = z.object({
  replicas: Count.optional(),
  version: z.string().min(1).max(256),
  machineTemplate: z.object({
    metadata: TemplateMeta.optional(),
    spec: z.object({
      infrastructureRef: ContractRef,
      readinessGates: z.array(Gate).max(32).optional(),
      deletion: MachineDeletion.optional(),
      taints: z.array(MachineTaint).max(64).optional(),
    }),
  }),
  kubeadmConfigSpec: KubeadmConfigSpec.optional(),
  rollout: z
    .object({
      before: z.object({ certificatesExpiryDays: z.int().min(7).optional() }).optional(),
      after: Time.optional(),
      strategy: z
        .object({
          type: z.enum(['RollingUpdate']).optional(),
          rollingUpdate: z.object({ maxSurge: IntOrString.optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
  remediation: z
    .object({
      maxRetry: Count.optional(),
      retryPeriodSeconds: Seconds.optional(),
      minHealthyPeriodSeconds: Seconds.optional(),
    })
    .optional(),
  machineNaming: Naming.optional(),
});

const Status = z.object({
  conditions: Conditions,
  initialization: z.object({ controlPlaneInitialized: z.boolean().optional() }).optional(),
  selector: z.string().optional(),
  replicas: Count.optional(),
  readyReplicas: Count.optional(),
  availableReplicas: Count.optional(),
  upToDateReplicas: Count.optional(),
  versions: StatusVersions,
  /** The lowest version among its machines: what the whole control plane can be relied on to be. */
  version: z.string().optional(),
  observedGeneration: z.int().optional(),
  lastRemediation: z.object({ machine: z.string(), time: Time, retryCount: Count }).optional(),
  deprecated: z
    .object({
      v1beta1: z
        .object({
          conditions: V1Beta1Conditions,
          failureReason: z.string().optional(),
          failureMessage: z.string().optional(),
          updatedReplicas: Count.optional(),
          readyReplicas: Count.optional(),
          unavailableReplicas: Count.optional(),
        })
        .optional(),
    })
    .optional(),
});

/** controlplane.cluster.x-k8s.io KubeadmControlPlane. */
export const KubeadmControlPlane = defineKind({
  group: GROUPS.controlPlane,
  kind: 'KubeadmControlPlane',
  plural: 'kubeadmcontrolplanes',
  shortNames: ['kcp'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: ControlPlaneSpec,
  status: Status,
  statusSubresource: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'status.selector' },
  columns: [
    { name: 'Cluster', type: 'string', of: (kcp) => kcp.metadata.labels?.[LABELS.clusterName] },
    { name: 'Available', type: 'string', of: (kcp) => conditionOf(kcp, 'Available')?.status },
    { name: 'Desired', type: 'integer', of: (kcp) => kcp.spec.replicas },
    { name: 'Current', type: 'integer', of: (kcp) => kcp.status?.replicas },
    { name: 'Ready', type: 'integer', of: (kcp) => kcp.status?.readyReplicas },
    { name: 'Available', type: 'integer', of: (kcp) => kcp.status?.availableReplicas },
    { name: 'Up-to-date', type: 'integer', of: (kcp) => kcp.status?.upToDateReplicas },
    { name: 'Paused', type: 'string', wide: true, of: (kcp) => conditionOf(kcp, 'Paused')?.status },
    { name: 'Initialized', type: 'boolean', of: (kcp) => kcp.status?.initialization?.controlPlaneInitialized },
    { name: 'Age', type: 'date', of: (kcp) => kcp.metadata.creationTimestamp },
    { name: 'Version', type: 'string', of: (kcp) => kcp.spec.version },
  ],
  defaults: ({ spec }) => {
    spec.replicas ??= 1;
    spec.version = withV(spec.version);
    spec.kubeadmConfigSpec ??= {};
    spec.rollout = {
      ...spec.rollout,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          ...spec.rollout?.strategy?.rollingUpdate,
          maxSurge: spec.rollout?.strategy?.rollingUpdate?.maxSurge ?? 1,
        },
      },
    };
  },
  validate: (kcp) => checkControlPlane(kcp.spec),
  validateUpdate: (kcp, was) => checkControlPlaneChange(was.spec, kcp.spec, was.status),
  warnings: (kcp) => kubeadmWarnings('spec.kubeadmConfigSpec', kcp.spec.kubeadmConfigSpec),
  description:
    'KubeadmControlPlane keeps the control-plane machines of a cluster, with their etcd, and upgrades them one by one.',
});
