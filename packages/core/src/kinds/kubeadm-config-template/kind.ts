/** KubeadmConfigTemplate: the KubeadmConfig that each machine of a MachineSet gets a copy of. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { checkKubeadmSpec, kubeadmWarnings } from '../shared/kubeadm-checks.ts';
import { KubeadmConfigSpec } from '../shared/kubeadm-spec.ts';
import { CATEGORY, GROUPS } from '../shared/labels.ts';
import { TemplateMeta } from '../shared/schema.ts';
import { v1beta1 } from './conversion.ts';

const FIELD = 'spec.template.spec';

/** bootstrap.cluster.x-k8s.io KubeadmConfigTemplate. */
export const KubeadmConfigTemplate = defineKind({
  group: GROUPS.bootstrap,
  kind: 'KubeadmConfigTemplate',
  plural: 'kubeadmconfigtemplates',
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: z.object({ template: z.object({ metadata: TemplateMeta.optional(), spec: KubeadmConfigSpec.optional() }) }),
  status: z.object({}).optional(),
  statusSubresource: false,
  columns: [
    { name: 'ClusterClass', type: 'string', of: (template) => ownerOf(template, 'ClusterClass') },
    { name: 'Cluster', type: 'string', of: (template) => ownerOf(template, 'Cluster') },
    { name: 'Age', type: 'date', of: (template) => template.metadata.creationTimestamp },
  ],
  validate: (template) => checkKubeadmSpec(FIELD, template.spec.template.spec),
  warnings: (template) => kubeadmWarnings(FIELD, template.spec.template.spec),
  description: 'KubeadmConfigTemplate is the KubeadmConfig that each machine of a set gets its own copy of.',
});

function ownerOf(object: { metadata: { ownerReferences?: { kind: string; name: string }[] } }, kind: string): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.kind === kind)?.name;
}
