/** KubeadmConfig: how one machine becomes a node. Its bootstrap data end up in the Secret of the same name. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { checkKubeadmSpec, kubeadmWarnings } from '../shared/kubeadm-checks.ts';
import { KubeadmConfigSpec } from '../shared/kubeadm-spec.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { Conditions, V1Beta1Conditions } from '../shared/schema.ts';
import { v1beta1 } from './conversion.ts';

const Status = z.object({
  conditions: Conditions,
  initialization: z.object({ dataSecretCreated: z.boolean().optional() }).optional(),
  dataSecretName: z.string().optional(),
  observedGeneration: z.int().optional(),
  deprecated: z
    .object({
      v1beta1: z
        .object({ conditions: V1Beta1Conditions, failureReason: z.string().optional(), failureMessage: z.string().optional() })
        .optional(),
    })
    .optional(),
});

/** bootstrap.cluster.x-k8s.io KubeadmConfig. */
export const KubeadmConfig = defineKind({
  group: GROUPS.bootstrap,
  kind: 'KubeadmConfig',
  plural: 'kubeadmconfigs',
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: KubeadmConfigSpec,
  status: Status,
  statusSubresource: true,
  columns: [
    { name: 'Cluster', type: 'string', of: (config) => config.metadata.labels?.[LABELS.clusterName] },
    { name: 'Paused', type: 'string', wide: true, of: (config) => conditionOf(config, 'Paused')?.status },
    { name: 'Data secret created', type: 'string', of: (config) => text(config.status?.initialization?.dataSecretCreated) },
    { name: 'Age', type: 'date', of: (config) => config.metadata.creationTimestamp },
  ],
  defaults: (config) => {
    config.spec ??= {};
  },
  validate: (config) => checkKubeadmSpec('spec', config.spec),
  warnings: (config) => kubeadmWarnings('spec', config.spec),
  description: 'KubeadmConfig says how kubeadm turns one machine into a node; its data land in a Secret of the same name.',
});

function text(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
