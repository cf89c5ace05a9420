/** Metal3Machine: one Machine on one bare-metal host (CAPM3, infrastructure.cluster.x-k8s.io). */
import { z } from 'zod';
import { type Column, defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import { conversion } from '../shared/convert.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { Conditions } from '../shared/schema.ts';
import {
  imageMoves,
  machineSpecErrors,
  machineSpecSchema,
  machineSpecV1beta1Schema,
  machineSpecWarnings,
  STATUS_MOVES,
  secretReference,
} from './parts.ts';

const status = z.object({
  conditions: Conditions,
  lastUpdated: z.string().optional(),
  addresses: z
    .array(z.object({ type: z.string(), address: z.string() }))
    .max(32)
    .optional(),
  initialization: z.object({ provisioned: z.boolean().optional() }).optional(),
  failureDomain: z.string().optional(),
  userData: secretReference.optional(),
  metaData: secretReference.optional(),
  networkData: secretReference.optional(),
  renderedData: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
  deprecated: z.looseObject({}).optional(),
});

type Spec = z.output<typeof machineSpecSchema>;
type Status = z.output<typeof status>;

const age: Column<Spec, Status> = { name: 'Age', type: 'date', of: (object) => object.metadata.creationTimestamp };
const provider: Column<Spec, Status> = { name: 'ProviderID', type: 'string', of: (object) => object.spec.providerID };
const cluster: Column<Spec, Status> = {
  name: 'Cluster',
  type: 'string',
  of: (object) => object.metadata.labels?.[LABELS.clusterName],
};
const provisioned = (name: string): Column<Spec, Status> => ({
  name,
  type: 'string',
  of: (object) =>
    object.status?.initialization?.provisioned === undefined ? undefined : String(object.status.initialization.provisioned),
});

/** The finalizer that keeps a Metal3Machine until its host is clean and free. */
export const METAL3_MACHINE_FINALIZER = 'metal3machine.infrastructure.cluster.x-k8s.io';

/** On a Metal3Machine: `namespace/name` of the host that it holds. */
export const HOST_ANNOTATION = 'metal3.io/BareMetalHost';

export const Metal3Machine = defineKind({
  group: GROUPS.infrastructure,
  kind: 'Metal3Machine',
  plural: 'metal3machines',
  shortNames: ['m3m', 'm3machine', 'm3machines', 'metal3m', 'metal3machine'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  spec: machineSpecSchema,
  status,
  statusSubresource: true,
  columns: [age, provider, provisioned('Provisioned'), cluster],
  versions: [
    {
      name: 'v1beta1',
      served: true,
      deprecated: true,
      schema: { spec: machineSpecV1beta1Schema, status: z.looseObject({}) },
      columns: [age, provider, provisioned('Ready'), cluster] as Column<never, never>[],
      ...conversion(GROUPS.infrastructure, 'v1beta2', 'v1beta1', [...imageMoves('spec'), ...STATUS_MOVES]),
    },
  ],
  validate: (object) => machineSpecErrors(object.spec, 'spec'),
  warnings: (object) => machineSpecWarnings(object.spec, 'spec'),
  description: 'Metal3Machine runs one Machine of Cluster API on one BareMetalHost.',
});

/** A Metal3Machine object. */
export type Metal3MachineObject = ObjectOf<typeof Metal3Machine>;
