/** Metal3Cluster: the infrastructure of a Cluster on bare metal (CAPM3): its endpoint, its failure domains, its site. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { type Column, defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { CLUSTER_NAME_LABEL, conditionSchema, statusFromHub, statusToHub } from '../metal3-machine/parts.ts';

const failureDomain = z.strictObject({
  name: z.string().min(1).max(256),
  controlPlane: z.boolean().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

const endpoint = z.strictObject({ host: z.string(), port: z.number().int() });

const spec = z.strictObject({
  controlPlaneEndpoint: endpoint.optional(),
  cloudProviderEnabled: z.boolean().optional(),
  failureDomains: z.array(failureDomain).max(100).optional(),
});

const specV1beta1 = z.strictObject({
  controlPlaneEndpoint: endpoint.optional(),
  noCloudProvider: z.boolean().optional(),
  cloudProviderEnabled: z.boolean().optional(),
  failureDomains: z.record(z.string(), failureDomain.omit({ name: true })).optional(),
});

const status = z.looseObject({
  conditions: z.array(conditionSchema).max(32).optional(),
  lastUpdated: z.string().optional(),
  initialization: z.looseObject({ provisioned: z.boolean().optional() }).optional(),
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
  { name: 'Cluster', type: 'string', of: (object) => object.metadata.labels?.[CLUSTER_NAME_LABEL] },
  {
    name: 'Endpoint',
    type: 'string',
    of: (object) => (object.spec.controlPlaneEndpoint ? JSON.stringify(object.spec.controlPlaneEndpoint) : undefined),
  },
];

/** The finalizer of a Metal3Cluster. */
export const METAL3_CLUSTER_FINALIZER = 'metal3cluster.infrastructure.cluster.x-k8s.io';
/** The label by which a person chooses the site of a cluster; on Metal3Cluster or Cluster. */
export const SITE_LABEL = 'fleet.slipway.dev/site';
/** `"true"` on a Metal3Cluster: somebody else serves the endpoint, so no kube-vip pod is made. */
export const EXTERNAL_ENDPOINT = 'fleet.slipway.dev/external-endpoint';

export const Metal3Cluster = defineKind({
  group: 'infrastructure.cluster.x-k8s.io',
  kind: 'Metal3Cluster',
  plural: 'metal3clusters',
  shortNames: ['m3c', 'm3cluster', 'm3clusters', 'metal3c', 'metal3cluster'],
  categories: ['cluster-api'],
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
      toHub,
      fromHub,
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

type Part = Record<string, unknown>;
type Domain = z.output<typeof failureDomain>;

/** noCloudProvider is the opposite of cloudProviderEnabled; domains are a map in v1beta1. */
function toHub(object: KubeObject): KubeObject {
  const { noCloudProvider, failureDomains, ...rest } = (object.spec ?? {}) as Part;
  const before = statusToHub(object.status as Part | undefined);
  const enabled = rest.cloudProviderEnabled ?? (noCloudProvider === undefined ? undefined : !noCloudProvider);
  return {
    ...object,
    spec: {
      ...rest,
      ...(enabled === undefined ? {} : { cloudProviderEnabled: enabled }),
      ...(failureDomains ? { failureDomains: domainList(failureDomains as Record<string, Part>) } : {}),
    },
    ...(before
      ? {
          status: {
            ...before,
            ...(before.failureDomains ? { failureDomains: domainList(before.failureDomains as Record<string, Part>) } : {}),
          },
        }
      : {}),
  };
}

function fromHub(object: KubeObject): KubeObject {
  // Only one of the two spellings goes out: a patch of the other then decides alone when it comes back.
  const { failureDomains, cloudProviderEnabled, ...rest } = (object.spec ?? {}) as Spec;
  const after = statusFromHub(object.status as Part | undefined);
  return {
    ...object,
    spec: {
      ...rest,
      ...(cloudProviderEnabled === undefined ? {} : { noCloudProvider: !cloudProviderEnabled }),
      ...(failureDomains ? { failureDomains: domainMap(failureDomains) } : {}),
    },
    ...(after
      ? { status: { ...after, ...(after.failureDomains ? { failureDomains: domainMap(after.failureDomains as Domain[]) } : {}) } }
      : {}),
  };
}

function domainList(map: Record<string, Part>): Part[] {
  return Object.keys(map)
    .sort()
    .map((name) => ({ name, ...map[name] }));
}

function domainMap(list: Domain[]): Record<string, Omit<Domain, 'name'>> {
  return Object.fromEntries(list.map(({ name, ...rest }) => [name, rest]));
}
