/** Machine: one server that is, or is to become, one node of a cluster. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { immutable } from '../shared/fields.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { checkMachineSpec, defaultClusterLabel, defaultVersion, MachineSpec } from '../shared/machine-template.ts';
import { Conditions, Time, V1Beta1Conditions } from '../shared/schema.ts';
import { v1beta1 } from './conversion.ts';

/** corev1.NodeSystemInfo. */
export const NodeInfo = z.looseObject({
  machineID: z.string().optional(),
  systemUUID: z.string().optional(),
  bootID: z.string().optional(),
  kernelVersion: z.string().optional(),
  osImage: z.string().optional(),
  containerRuntimeVersion: z.string().optional(),
  kubeletVersion: z.string().optional(),
  kubeProxyVersion: z.string().optional(),
  operatingSystem: z.string().optional(),
  architecture: z.string().optional(),
});

/** An address of a machine. */
export const MachineAddress = z.object({
  type: z.enum(['Hostname', 'ExternalIP', 'InternalIP', 'ExternalDNS', 'InternalDNS']),
  address: z.string().max(256),
});

/** When each step of a deletion began; its timeouts count from here. */
export const DeletionStatus = z.object({
  nodeDrainStartTime: Time.optional(),
  waitForNodeVolumeDetachStartTime: Time.optional(),
  waitForPreDrainHookStartTime: Time.optional(),
  waitForPreTerminateHookStartTime: Time.optional(),
});

/** Where a machine is in its life. Failed is never set any more (v1beta2). */
export const MACHINE_PHASES = [
  'Pending',
  'Provisioning',
  'Provisioned',
  'Running',
  'Updating',
  'Deleting',
  'Deleted',
  'Failed',
  'Unknown',
] as const;

const Status = z.object({
  conditions: Conditions,
  initialization: z
    .object({ infrastructureProvisioned: z.boolean().optional(), bootstrapDataSecretCreated: z.boolean().optional() })
    .optional(),
  nodeRef: z.object({ name: z.string() }).optional(),
  nodeInfo: NodeInfo.optional(),
  /** Moves when the phase changes, and only then. */
  lastUpdated: Time.optional(),
  addresses: z.array(MachineAddress).max(128).optional(),
  failureDomain: z.string().optional(),
  phase: z.enum(MACHINE_PHASES).optional(),
  certificatesExpiryDate: Time.optional(),
  observedGeneration: z.int().optional(),
  deletion: DeletionStatus.optional(),
  deprecated: z
    .object({
      v1beta1: z
        .object({ conditions: V1Beta1Conditions, failureReason: z.string().optional(), failureMessage: z.string().optional() })
        .optional(),
    })
    .optional(),
});

/** How long the Node object may resist before the Machine goes without it (upstream's default). */
export const DEFAULT_NODE_DELETION_SECONDS = 10;

/** cluster.x-k8s.io Machine. */
export const Machine = defineKind({
  group: GROUPS.core,
  kind: 'Machine',
  plural: 'machines',
  shortNames: ['ma'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: MachineSpec,
  status: Status,
  statusSubresource: true,
  columns: [
    { name: 'Cluster', type: 'string', of: (machine) => machine.spec.clusterName },
    { name: 'Node Name', type: 'string', of: (machine) => machine.status?.nodeRef?.name },
    { name: 'Provider ID', type: 'string', wide: true, of: (machine) => machine.spec.providerID },
    { name: 'Failure domain', type: 'string', of: (machine) => machine.status?.failureDomain },
    { name: 'Ready', type: 'string', of: (machine) => conditionOf(machine, 'Ready')?.status },
    { name: 'Available', type: 'string', of: (machine) => conditionOf(machine, 'Available')?.status },
    { name: 'Up-to-date', type: 'string', of: (machine) => conditionOf(machine, 'UpToDate')?.status },
    { name: 'Internal-IP', type: 'string', wide: true, of: (machine) => addressOf(machine.status?.addresses, 'InternalIP') },
    { name: 'External-IP', type: 'string', wide: true, of: (machine) => addressOf(machine.status?.addresses, 'ExternalIP') },
    { name: 'OS-Image', type: 'string', wide: true, of: (machine) => machine.status?.nodeInfo?.osImage },
    { name: 'Paused', type: 'string', wide: true, of: (machine) => conditionOf(machine, 'Paused')?.status },
    { name: 'Phase', type: 'string', of: (machine) => machine.status?.phase },
    { name: 'Age', type: 'date', of: (machine) => machine.metadata.creationTimestamp },
    { name: 'Version', type: 'string', of: (machine) => machine.spec.version },
  ],
  defaults: (machine) => {
    defaultClusterLabel(machine);
    defaultVersion(machine.spec);
    machine.spec.deletion = { ...machine.spec.deletion };
    machine.spec.deletion.nodeDeletionTimeoutSeconds ??= DEFAULT_NODE_DELETION_SECONDS;
  },
  validate: (machine) => checkMachineSpec('spec', machine.spec, machine.metadata.labels?.[LABELS.controlPlane] === undefined),
  validateUpdate: (machine, was) => immutable('spec.clusterName', was.spec.clusterName, machine.spec.clusterName),
  description: 'Machine is one server that is, or is to become, one node of a cluster.',
});

function addressOf(addresses: { type: string; address: string }[] | undefined, type: string): string | undefined {
  return addresses?.find((address) => address.type === type)?.address;
}
