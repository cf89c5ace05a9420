/** Machine v1beta1. */
import { z } from 'zod';
import type { Column, Version } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { type Codec, conversion, type Move, under } from '../shared/convert.ts';
import { GROUPS } from '../shared/labels.ts';
import { MACHINE_SPEC_MOVES, MachineSpecV1Beta1 } from '../shared/machine-template.ts';
import { Conditions, ObjectReference, Time, V1Beta1Conditions } from '../shared/schema.ts';

const Status = z.object({
  nodeRef: ObjectReference.optional(),
  nodeInfo: z.looseObject({}).optional(),
  lastUpdated: Time.optional(),
  failureReason: z.string().optional(),
  failureMessage: z.string().optional(),
  addresses: z.array(z.object({ type: z.string(), address: z.string() })).optional(),
  failureDomain: z.string().optional(),
  phase: z.string().optional(),
  certificatesExpiryDate: Time.optional(),
  bootstrapReady: z.boolean().optional(),
  infrastructureReady: z.boolean().optional(),
  observedGeneration: z.int().optional(),
  conditions: V1Beta1Conditions,
  deletion: z
    .object({
      nodeDrainStartTime: Time.optional(),
      waitForNodeVolumeDetachStartTime: Time.optional(),
      waitForPreDrainHookStartTime: Time.optional(),
      waitForPreTerminateHookStartTime: Time.optional(),
    })
    .optional(),
  v1beta2: z.object({ conditions: Conditions }).optional(),
});

/** A Node is cluster-scoped: name only in the hub, a full reference in v1beta1. */
const nodeReference: Codec = {
  toHub: (value) =>
    value && typeof value === 'object' && !Array.isArray(value) && value.name ? { name: value.name } : undefined,
  fromHub: (value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? { apiVersion: 'v1', kind: 'Node', name: value.name ?? '' }
      : undefined,
};

const MOVES: readonly Move[] = [
  ...under('spec', 'spec', MACHINE_SPEC_MOVES),
  { old: null, hub: 'spec.minReadySeconds' },
  { old: 'status.nodeRef', hub: 'status.nodeRef', as: nodeReference },
  { old: 'status.bootstrapReady', hub: 'status.initialization.bootstrapDataSecretCreated' },
  { old: 'status.infrastructureReady', hub: 'status.initialization.infrastructureProvisioned' },
  { old: 'status.conditions', hub: 'status.deprecated.v1beta1.conditions' },
  { old: 'status.failureReason', hub: 'status.deprecated.v1beta1.failureReason' },
  { old: 'status.failureMessage', hub: 'status.deprecated.v1beta1.failureMessage' },
  { old: 'status.v1beta2.conditions', hub: 'status.conditions' },
];

interface Old {
  spec?: { clusterName?: string; providerID?: string; version?: string };
  status?: { nodeRef?: { name?: string }; phase?: string };
}
const old = (machine: KubeObject) => machine as unknown as Old;

const columns: Column<unknown, unknown>[] = [
  { name: 'Cluster', type: 'string', of: (machine) => old(machine).spec?.clusterName },
  { name: 'NodeName', type: 'string', of: (machine) => old(machine).status?.nodeRef?.name },
  { name: 'ProviderID', type: 'string', of: (machine) => old(machine).spec?.providerID },
  { name: 'Phase', type: 'string', of: (machine) => old(machine).status?.phase },
  { name: 'Age', type: 'date', of: (machine) => machine.metadata.creationTimestamp },
  { name: 'Version', type: 'string', of: (machine) => old(machine).spec?.version },
];

/** The deprecated version. */
export const v1beta1: Version = {
  name: 'v1beta1',
  served: true,
  deprecated: true,
  schema: { spec: MachineSpecV1Beta1, status: Status },
  columns,
  ...conversion(GROUPS.core, 'v1beta2', 'v1beta1', MOVES),
};
