/** Cluster: a Kubernetes cluster: its networks, its endpoint, and what provides its control plane and infrastructure. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { forbidden, invalid } from '../shared/fields.ts';
import { CATEGORY, GROUPS } from '../shared/labels.ts';
import { ApiEndpoint, Conditions, ContractRef, Count, Gate, StatusVersions, V1Beta1Conditions } from '../shared/schema.ts';
import { v1beta1 } from './conversion.ts';

/** Address ranges in CIDR notation. */
export const NetworkRanges = z.object({ cidrBlocks: z.array(z.string().min(1).max(43)).max(100) });

const Spec = z.object({
  paused: z.boolean().optional(),
  clusterNetwork: z
    .object({
      apiServerPort: z.int().min(1).max(65535).optional(),
      services: NetworkRanges.optional(),
      pods: NetworkRanges.optional(),
      serviceDomain: z.string().max(253).optional(),
    })
    .optional(),
  controlPlaneEndpoint: ApiEndpoint.optional(),
  controlPlaneRef: ContractRef.optional(),
  infrastructureRef: ContractRef.optional(),
  /** Read, so that what is written can be answered; clusters by class are not made yet. */
  topology: z
    .looseObject({
      classRef: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
      version: z.string().optional(),
    })
    .optional(),
  availabilityGates: z.array(Gate).max(32).optional(),
});

const Counts = z.object({
  desiredReplicas: Count.optional(),
  replicas: Count.optional(),
  upToDateReplicas: Count.optional(),
  readyReplicas: Count.optional(),
  availableReplicas: Count.optional(),
  versions: StatusVersions,
  upgradePlan: z.array(z.object({ version: z.string() })).optional(),
});

/** A zone, rack or feed that machines are spread over. */
export const FailureDomain = z.object({
  name: z.string(),
  controlPlane: z.boolean().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

/** Where a cluster is in its life. */
export const CLUSTER_PHASES = ['Pending', 'Provisioning', 'Provisioned', 'Deleting', 'Failed', 'Unknown'] as const;

const Status = z.object({
  conditions: Conditions,
  initialization: z
    .object({ infrastructureProvisioned: z.boolean().optional(), controlPlaneInitialized: z.boolean().optional() })
    .optional(),
  controlPlane: Counts.optional(),
  workers: Counts.optional(),
  failureDomains: z.array(FailureDomain).max(100).optional(),
  phase: z.enum(CLUSTER_PHASES).optional(),
  observedGeneration: z.int().optional(),
  deprecated: z
    .object({
      v1beta1: z
        .object({ conditions: V1Beta1Conditions, failureReason: z.string().optional(), failureMessage: z.string().optional() })
        .optional(),
    })
    .optional(),
});

/** A Cluster's spec. */
export type ClusterSpec = z.output<typeof Spec>;

/** cluster.x-k8s.io Cluster. */
export const Cluster = defineKind({
  group: GROUPS.core,
  kind: 'Cluster',
  plural: 'clusters',
  shortNames: ['cl'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: Spec,
  status: Status,
  statusSubresource: true,
  columns: [
    { name: 'ClusterClass', type: 'string', of: (cluster) => cluster.spec.topology?.classRef?.name },
    { name: 'Available', type: 'string', of: (cluster) => conditionOf(cluster, 'Available')?.status },
    { name: 'CP Desired', type: 'integer', of: (cluster) => cluster.status?.controlPlane?.desiredReplicas },
    { name: 'CP Current', type: 'integer', wide: true, of: (cluster) => cluster.status?.controlPlane?.replicas },
    { name: 'CP Ready', type: 'integer', wide: true, of: (cluster) => cluster.status?.controlPlane?.readyReplicas },
    { name: 'CP Available', type: 'integer', of: (cluster) => cluster.status?.controlPlane?.availableReplicas },
    { name: 'CP Up-to-date', type: 'integer', of: (cluster) => cluster.status?.controlPlane?.upToDateReplicas },
    { name: 'W Desired', type: 'integer', of: (cluster) => cluster.status?.workers?.desiredReplicas },
    { name: 'W Current', type: 'integer', wide: true, of: (cluster) => cluster.status?.workers?.replicas },
    { name: 'W Ready', type: 'integer', wide: true, of: (cluster) => cluster.status?.workers?.readyReplicas },
    { name: 'W Available', type: 'integer', of: (cluster) => cluster.status?.workers?.availableReplicas },
    { name: 'W Up-to-date', type: 'integer', of: (cluster) => cluster.status?.workers?.upToDateReplicas },
    { name: 'Paused', type: 'string', wide: true, of: (cluster) => conditionOf(cluster, 'Paused')?.status },
    { name: 'Phase', type: 'string', of: (cluster) => cluster.status?.phase },
    { name: 'Age', type: 'date', of: (cluster) => cluster.metadata.creationTimestamp },
    { name: 'Version', type: 'string', of: (cluster) => cluster.spec.topology?.version },
  ],
  defaults: (cluster) => {
    cluster.spec ??= {};
  },
  validate: ({ metadata, spec }) => [
    ...(/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(metadata.name) && metadata.name.length <= 63
      ? []
      : [invalid('metadata.name', metadata.name, 'must be a DNS label that begins with a letter, at most 63 characters')]),
    ...(spec.topology
      ? [forbidden('spec.topology', 'clusters by ClusterClass are not supported; give controlPlaneRef and infrastructureRef')]
      : []),
    ...checkRanges('spec.clusterNetwork.pods.cidrBlocks', spec.clusterNetwork?.pods?.cidrBlocks),
    ...checkRanges('spec.clusterNetwork.services.cidrBlocks', spec.clusterNetwork?.services?.cidrBlocks),
  ],
  validateUpdate: (cluster, was) => [
    ...checkSameKind('spec.infrastructureRef', was.spec.infrastructureRef, cluster.spec.infrastructureRef),
    ...checkSameKind('spec.controlPlaneRef', was.spec.controlPlaneRef, cluster.spec.controlPlaneRef),
    ...checkEndpoint(was.spec.controlPlaneEndpoint, cluster.spec.controlPlaneEndpoint),
  ],
  description:
    'Cluster is a Kubernetes cluster: its networks, its endpoint, and what provides its control plane and infrastructure.',
});

function checkRanges(field: string, blocks: string[] | undefined): FieldError[] {
  return (blocks ?? []).flatMap((block, index) =>
    isCidr(block) ? [] : [invalid(`${field}[${index}]`, block, 'must be an address range such as 10.244.0.0/16')],
  );
}

function isCidr(block: string): boolean {
  const [address = '', bits = '', more] = block.split('/');
  if (more !== undefined || !/^[0-9]{1,3}$/.test(bits)) return false;
  if (address.includes(':')) return z.ipv6().safeParse(address).success && Number(bits) <= 128;
  return z.ipv4().safeParse(address).success && Number(bits) <= 32;
}

/** A reference may be set later, but never given to another kind. */
function checkSameKind(
  field: string,
  was: z.output<typeof ContractRef> | undefined,
  is: z.output<typeof ContractRef> | undefined,
) {
  if (!was) return [];
  if (!is) return [forbidden(field, 'cannot be removed')];
  return was.apiGroup === is.apiGroup && was.kind === is.kind && was.name === is.name
    ? []
    : [forbidden(field, 'cannot be changed: delete and create the cluster anew')];
}

function checkEndpoint(
  was: z.output<typeof ApiEndpoint> | undefined,
  is: z.output<typeof ApiEndpoint> | undefined,
): FieldError[] {
  if (!was?.host || !was.port || (was.host === is?.host && was.port === is?.port)) return [];
  return [forbidden('spec.controlPlaneEndpoint', 'cannot be changed once it is set: certificates and nodes carry it')];
}
