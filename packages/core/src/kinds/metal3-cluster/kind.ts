/** Metal3Cluster: the infrastructure of a Cluster on bare metal (CAPM3): its endpoint, its failure domains, its site. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { type Column, defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import type { Json, KubeObject } from '../../store/object.ts';
import { STATUS_MOVES } from '../metal3-machine/parts.ts';
import { type Codec, conversion, type Move } from '../shared/convert.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { Conditions } from '../shared/schema.ts';

const failureDomain = z.object({
  name: z.string().min(1).max(256),
  controlPlane: z.boolean().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

const endpoint = z.object({ host: z.string(), port: z.number().int() });

const spec = z.object({
  controlPlaneEndpoint: endpoint.optional(),
  cloudProviderEnabled: z.boolean().optional(),
  failureDomains: z.array(failureDomain).max(100).optional(),
});

const specV1beta1 = z.object({
  controlPlaneEndpoint: endpoint.optional(),
  noCloudProvider: z.boolean().optional(),
  cloudProviderEnabled: z.boolean().optional(),
  failureDomains: z.record(z.string(), failureDomain.omit({ name: true })).optional(),
});

const status = z.object({
  conditions: Conditions,
  lastUpdated: z.string().optional(),
  initialization: z.object({ provisioned: z.boolean().optional() }).optional(),
  failureDomains: z.array(failureDomain).max(100).optional(),
  /** Ours: the Site all hosts of this cluster come from, decided once. */
  site: z.string().optional(),
  /** Ours: digest of the CNI manifest that was applied last. */
  cniDigest: z.string().optional(),
  deprecated: z.looseObject({}).optional(),
});

type Spec = z.output<typeof spec>;
type Status = z.output<typeof status>;

/** `failureReason` stays readable for v1beta1 clients; nothing sets it any more. */
function failureReason(object: KubeObject<Spec, Status>): string | undefined {
  const old = object.status?.deprecated?.v1beta1 as { failureReason?: string } | undefined;
  return old?.failureReason;
}

const columns = (provisioned: string): Column<Spec, Status>[] => [
  { name: 'Age', type: 'date', of: (object) => object.metadata.creationTimestamp },
  {
    name: provisioned,
    type: 'string',
    of: (object) =>
      object.status?.initialization?.provisioned === undefined ? undefined : String(object.status.initialization.provisioned),
  },
  { name: 'Error', type: 'string', of: failureReason },
  { name: 'Cluster', type: 'string', of: (object) => object.metadata.labels?.[LABELS.clusterName] },
  {
    name: 'Endpoint',
    type: 'string',
    of: (object) => (object.spec.controlPlaneEndpoint ? JSON.stringify(object.spec.controlPlaneEndpoint) : undefined),
  },
];

/** true ↔ false. */
const opposite: Codec = {
  toHub: (value) => (typeof value === 'boolean' ? !value : undefined),
  fromHub: (value) => (typeof value === 'boolean' ? !value : undefined),
};

/** Failure domains are a map in v1beta1 and a list, sorted by name, in the hub. */
const domains: Codec = {
  toHub: (value) => {
    const map = value as Record<string, Record<string, Json>>;
    return Object.keys(map)
      .sort()
      .map((name) => ({ name, ...map[name] }));
  },
  fromHub: (value) => Object.fromEntries((value as { name: string }[]).map(({ name, ...rest }) => [name, rest])),
};

/** Of the two spellings of the provider flag v1beta1 is shown one only, so that a patch of the other decides alone; given both, cloudProviderEnabled wins. */
const MOVES: readonly Move[] = [
  { old: 'spec.noCloudProvider', hub: 'spec.cloudProviderEnabled', as: opposite },
  { old: 'spec.cloudProviderEnabled', hub: 'spec.cloudProviderEnabled' },
  { old: 'spec.failureDomains', hub: 'spec.failureDomains', as: domains },
  { old: 'status.failureDomains', hub: 'status.failureDomains', as: domains },
  ...STATUS_MOVES,
];

/** The finalizer of a Metal3Cluster. */
export const METAL3_CLUSTER_FINALIZER = 'metal3cluster.infrastructure.cluster.x-k8s.io';
/** The label by which a person chooses the site of a cluster; on Metal3Cluster or Cluster. */
export const SITE_LABEL = 'fleet.slipway.dev/site';
/** `"true"` on a Metal3Cluster: somebody else serves the endpoint, so no kube-vip pod is made. */
export const EXTERNAL_ENDPOINT = 'fleet.slipway.dev/external-endpoint';

export const Metal3Cluster = defineKind({
  group: GROUPS.infrastructure,
  kind: 'Metal3Cluster',
  plural: 'metal3clusters',
  shortNames: ['m3c', 'm3cluster', 'm3clusters', 'metal3c', 'metal3cluster'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  spec,
  status,
  statusSubresource: true,
  columns: columns('Provisioned'),
  versions: [
    {
      name: 'v1beta1',
      served: true,
      deprecated: true,
      schema: { spec: specV1beta1, status: z.looseObject({}) },
      columns: columns('Ready') as Column<never, never>[],
      ...conversion(GROUPS.infrastructure, 'v1beta2', 'v1beta1', MOVES),
    },
  ],
  validate: (object) => endpointErrors(object.spec.controlPlaneEndpoint),
  description: 'Metal3Cluster is the bare-metal infrastructure of a Cluster: its control plane endpoint and failure domains.',
});

/** A Metal3Cluster object. */
export type Metal3ClusterObject = ObjectOf<typeof Metal3Cluster>;

/** Whether somebody else serves this cluster's endpoint (no kube-vip). */
export function endpointIsExternal(cluster: { metadata: { annotations?: Record<string, string> } }): boolean {
  return cluster.metadata.annotations?.[EXTERNAL_ENDPOINT] === 'true';
}

function endpointErrors(endpoint: { host: string; port: number } | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (!endpoint) return errors;
  const { host, port } = endpoint;
  const field = 'spec.controlPlaneEndpoint';
  if (host === '') {
    errors.push({ field: `${field}.host`, reason: 'FieldValueRequired', message: 'the address or name of the control plane' });
  } else if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) && !/^[0-9a-fA-F:]+$/.test(host)) {
    const message = `"${host}" is neither an IP address nor a DNS name`;
    errors.push({ field: `${field}.host`, reason: 'FieldValueInvalid', message });
  }
  if (port < 1 || port > 65535) {
    errors.push({ field: `${field}.port`, reason: 'FieldValueInvalid', message: `${port} is not a port: use 1 to 65535` });
  }
  return errors;
}
