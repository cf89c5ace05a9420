/** KubeadmConfig v1beta1. */
import { z } from 'zod';
import type { Column, Version } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { conversion, type Move, under } from '../shared/convert.ts';
import { KUBEADM_SPEC_MOVES, KubeadmConfigSpecV1Beta1 } from '../shared/kubeadm-v1beta1.ts';
import { GROUPS, LABELS } from '../shared/labels.ts';
import { Conditions, V1Beta1Conditions } from '../shared/schema.ts';

const Status = z.object({
  ready: z.boolean().optional(),
  dataSecretName: z.string().optional(),
  failureReason: z.string().optional(),
  failureMessage: z.string().optional(),
  observedGeneration: z.int().optional(),
  conditions: V1Beta1Conditions,
  v1beta2: z.object({ conditions: Conditions }).optional(),
});

const MOVES: readonly Move[] = [
  ...under('spec', 'spec', KUBEADM_SPEC_MOVES),
  { old: 'status.ready', hub: 'status.initialization.dataSecretCreated' },
  { old: 'status.conditions', hub: 'status.deprecated.v1beta1.conditions' },
  { old: 'status.failureReason', hub: 'status.deprecated.v1beta1.failureReason' },
  { old: 'status.failureMessage', hub: 'status.deprecated.v1beta1.failureMessage' },
  { old: 'status.v1beta2.conditions', hub: 'status.conditions' },
];

const columns: Column<unknown, unknown>[] = [
  { name: 'Cluster', type: 'string', of: (config: KubeObject) => config.metadata.labels?.[LABELS.clusterName] },
  { name: 'Age', type: 'date', of: (config: KubeObject) => config.metadata.creationTimestamp },
];

/** The deprecated version. */
export const v1beta1: Version = {
  name: 'v1beta1',
  served: true,
  deprecated: true,
  schema: { spec: KubeadmConfigSpecV1Beta1, status: Status },
  columns,
  ...conversion(GROUPS.bootstrap, 'v1beta2', 'v1beta1', MOVES),
};
