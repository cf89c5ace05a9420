/** Cluster v1beta1. */
import { z } from 'zod';
import type { Column, Version } from '../../registry/define-kind.ts';
import type { Json, KubeObject } from '../../store/object.ts';
import { type Codec, conversion, type Move, reference } from '../shared/convert.ts';
import { GROUPS } from '../shared/labels.ts';
import { ApiEndpoint, Conditions, Count, Gate, ObjectReference, StatusVersions, V1Beta1Conditions } from '../shared/schema.ts';

const NetworkRanges = z.object({ cidrBlocks: z.array(z.string()) });

const Spec = z.object({
  paused: z.boolean().optional(),
  clusterNetwork: z
    .object({
      apiServerPort: z.int().optional(),
      services: NetworkRanges.optional(),
      pods: NetworkRanges.optional(),
      serviceDomain: z.string().optional(),
    })
    .optional(),
  controlPlaneEndpoint: ApiEndpoint.optional(),
  controlPlaneRef: ObjectReference.optional(),
  infrastructureRef: ObjectReference.optional(),
  topology: z
    .looseObject({ class: z.string().optional(), classNamespace: z.string().optional(), version: z.string().optional() })
    .optional(),
  availabilityGates: z.array(Gate).optional(),
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

const Status = z.object({
  failureDomains: z
    .record(
      z.string(),
      z.object({ controlPlane: z.boolean().optional(), attributes: z.record(z.string(), z.string()).optional() }),
    )
    .optional(),
  failureReason: z.string().optional(),
  failureMessage: z.string().optional(),
  phase: z.string().optional(),
  infrastructureReady: z.boolean().optional(),
  controlPlaneReady: z.boolean().optional(),
  conditions: V1Beta1Conditions,
  observedGeneration: z.int().optional(),
  v1beta2: z.object({ conditions: Conditions, controlPlane: Counts.optional(), workers: Counts.optional() }).optional(),
});

/** A map by name ↔ a list sorted by name. */
export const failureDomains: Codec = {
  toHub: (value) =>
    isRecord(value)
      ? Object.keys(value)
          .sort()
          .map((name) => ({ ...(isRecord(value[name]) ? value[name] : {}), name }))
      : undefined,
  fromHub: (value) =>
    Array.isArray(value)
      ? Object.fromEntries(
          value.filter(isRecord).map(({ name, ...rest }) => {
            return [String(name), rest] as const;
          }),
        )
      : undefined,
};

const MOVES: readonly Move[] = [
  { old: 'spec.controlPlaneRef', hub: 'spec.controlPlaneRef', as: reference },
  { old: 'spec.infrastructureRef', hub: 'spec.infrastructureRef', as: reference },
  { old: 'spec.topology.class', hub: 'spec.topology.classRef.name' },
  { old: 'spec.topology.classNamespace', hub: 'spec.topology.classRef.namespace' },
  { old: 'status.failureDomains', hub: 'status.failureDomains', as: failureDomains },
  { old: 'status.infrastructureReady', hub: 'status.initialization.infrastructureProvisioned' },
  { old: 'status.controlPlaneReady', hub: 'status.initialization.controlPlaneInitialized' },
  { old: 'status.conditions', hub: 'status.deprecated.v1beta1.conditions' },
  { old: 'status.failureReason', hub: 'status.deprecated.v1beta1.failureReason' },
  { old: 'status.failureMessage', hub: 'status.deprecated.v1beta1.failureMessage' },
  { old: 'status.v1beta2.conditions', hub: 'status.conditions' },
  { old: 'status.v1beta2.controlPlane', hub: 'status.controlPlane' },
  { old: 'status.v1beta2.workers', hub: 'status.workers' },
];

type Old = { spec?: z.output<typeof Spec>; status?: z.output<typeof Status> };
const old = (cluster: KubeObject) => cluster as unknown as Old;

const columns: Column<unknown, unknown>[] = [
  { name: 'ClusterClass', type: 'string', of: (cluster) => old(cluster).spec?.topology?.class },
  { name: 'Phase', type: 'string', of: (cluster) => old(cluster).status?.phase },
  { name: 'Age', type: 'date', of: (cluster) => cluster.metadata.creationTimestamp },
  { name: 'Version', type: 'string', of: (cluster) => old(cluster).spec?.topology?.version },
];

/** The deprecated version. */
export const v1beta1: Version = {
  name: 'v1beta1',
  served: true,
  deprecated: true,
  schema: { spec: Spec, status: Status },
  columns,
  ...conversion(GROUPS.core, 'v1beta2', 'v1beta1', MOVES),
};

function isRecord(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
