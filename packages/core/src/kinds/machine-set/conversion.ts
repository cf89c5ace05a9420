/** MachineSet v1beta1. */
import { z } from 'zod';
import type { Column, Version } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { conversion, type Move, under } from '../shared/convert.ts';
import { GROUPS } from '../shared/labels.ts';
import { MACHINE_SPEC_MOVES, MachineTemplateV1Beta1 } from '../shared/machine-template.ts';
import {
  ClusterName,
  Conditions,
  Count,
  DeletionOrder,
  Naming,
  Selector,
  StatusVersions,
  V1Beta1Conditions,
} from '../shared/schema.ts';

const Spec = z.object({
  clusterName: ClusterName,
  replicas: Count.optional(),
  minReadySeconds: Count.optional(),
  deletePolicy: DeletionOrder.optional(),
  selector: Selector,
  template: MachineTemplateV1Beta1,
  machineNamingStrategy: Naming.optional(),
});

const Status = z.object({
  selector: z.string().optional(),
  replicas: Count.optional(),
  fullyLabeledReplicas: Count.optional(),
  readyReplicas: Count.optional(),
  availableReplicas: Count.optional(),
  observedGeneration: z.int().optional(),
  failureReason: z.string().optional(),
  failureMessage: z.string().optional(),
  conditions: V1Beta1Conditions,
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
  ...under('spec.template.spec', 'spec.template.spec', MACHINE_SPEC_MOVES),
  { old: 'spec.minReadySeconds', hub: 'spec.template.spec.minReadySeconds' },
  { old: 'spec.deletePolicy', hub: 'spec.deletion.order' },
  { old: 'spec.machineNamingStrategy', hub: 'spec.machineNaming' },
  ...['conditions', 'failureReason', 'failureMessage', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'].map(
    (field): Move => ({ old: `status.${field}`, hub: `status.deprecated.v1beta1.${field}` }),
  ),
  ...['conditions', 'readyReplicas', 'availableReplicas', 'upToDateReplicas'].map(
    (field): Move => ({ old: `status.v1beta2.${field}`, hub: `status.${field}` }),
  ),
];

type Old = { spec?: z.output<typeof Spec>; status?: z.output<typeof Status> };
const old = (set: KubeObject) => set as unknown as Old;

const columns: Column<unknown, unknown>[] = [
  { name: 'Cluster', type: 'string', of: (set) => old(set).spec?.clusterName },
  { name: 'Desired', type: 'integer', wide: true, of: (set) => old(set).spec?.replicas },
  { name: 'Replicas', type: 'integer', of: (set) => old(set).status?.replicas },
  { name: 'Ready', type: 'integer', of: (set) => old(set).status?.readyReplicas },
  { name: 'Available', type: 'integer', of: (set) => old(set).status?.availableReplicas },
  { name: 'Age', type: 'date', of: (set) => set.metadata.creationTimestamp },
  { name: 'Version', type: 'string', of: (set) => old(set).spec?.template.spec.version },
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
