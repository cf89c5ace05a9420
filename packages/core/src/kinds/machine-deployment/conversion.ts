/** MachineDeployment v1beta1. */
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
  IntOrString,
  Naming,
  Selector,
  StatusVersions,
  Time,
  V1Beta1Conditions,
} from '../shared/schema.ts';

const Spec = z.object({
  clusterName: ClusterName,
  replicas: Count.optional(),
  rolloutAfter: Time.optional(),
  selector: Selector,
  template: MachineTemplateV1Beta1,
  strategy: z
    .object({
      type: z.enum(['RollingUpdate', 'OnDelete']).optional(),
      rollingUpdate: z
        .object({
          maxUnavailable: IntOrString.optional(),
          maxSurge: IntOrString.optional(),
          deletePolicy: DeletionOrder.optional(),
        })
        .optional(),
      remediation: z.object({ maxInFlight: IntOrString.optional() }).optional(),
    })
    .optional(),
  machineNamingStrategy: Naming.optional(),
  minReadySeconds: Count.optional(),
  revisionHistoryLimit: Count.optional(),
  paused: z.boolean().optional(),
  progressDeadlineSeconds: Count.optional(),
});

const Status = z.object({
  observedGeneration: z.int().optional(),
  selector: z.string().optional(),
  replicas: Count.optional(),
  updatedReplicas: Count.optional(),
  readyReplicas: Count.optional(),
  availableReplicas: Count.optional(),
  unavailableReplicas: Count.optional(),
  phase: z.string().optional(),
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
  { old: 'spec.rolloutAfter', hub: 'spec.rollout.after' },
  { old: 'spec.strategy.type', hub: 'spec.rollout.strategy.type' },
  { old: 'spec.strategy.rollingUpdate.maxUnavailable', hub: 'spec.rollout.strategy.rollingUpdate.maxUnavailable' },
  { old: 'spec.strategy.rollingUpdate.maxSurge', hub: 'spec.rollout.strategy.rollingUpdate.maxSurge' },
  { old: 'spec.strategy.rollingUpdate.deletePolicy', hub: 'spec.deletion.order' },
  { old: 'spec.strategy.remediation.maxInFlight', hub: 'spec.remediation.maxInFlight' },
  { old: 'spec.machineNamingStrategy', hub: 'spec.machineNaming' },
  // Without effect since v1beta1: upstream drops them as well.
  { old: 'spec.revisionHistoryLimit', hub: null },
  { old: 'spec.progressDeadlineSeconds', hub: null },
  ...['conditions', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'].map(
    (field): Move => ({ old: `status.${field}`, hub: `status.deprecated.v1beta1.${field}` }),
  ),
  ...['conditions', 'readyReplicas', 'availableReplicas', 'upToDateReplicas'].map(
    (field): Move => ({ old: `status.v1beta2.${field}`, hub: `status.${field}` }),
  ),
];

type Old = { spec?: z.output<typeof Spec>; status?: z.output<typeof Status> };
const old = (md: KubeObject) => md as unknown as Old;

const columns: Column<unknown, unknown>[] = [
  { name: 'Cluster', type: 'string', of: (md) => old(md).spec?.clusterName },
  { name: 'Desired', type: 'integer', wide: true, of: (md) => old(md).spec?.replicas },
  { name: 'Replicas', type: 'integer', of: (md) => old(md).status?.replicas },
  { name: 'Ready', type: 'integer', of: (md) => old(md).status?.readyReplicas },
  { name: 'Updated', type: 'integer', of: (md) => old(md).status?.updatedReplicas },
  { name: 'Unavailable', type: 'integer', of: (md) => old(md).status?.unavailableReplicas },
  { name: 'Phase', type: 'string', of: (md) => old(md).status?.phase },
  { name: 'Age', type: 'date', of: (md) => md.metadata.creationTimestamp },
  { name: 'Version', type: 'string', of: (md) => old(md).spec?.template.spec.version },
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
