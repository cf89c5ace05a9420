/** MachineSet: keeps a number of equal Machines. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { checkNaming, checkSelector, checkTemplateLabels, immutable, invalid } from '../shared/fields.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { checkMachineSpec, defaultClusterLabel, defaultVersion, MachineTemplate } from '../shared/machine-template.ts';
import { checkSkippedChecks } from '../shared/preflight-names.ts';
import { defaultReplicas } from '../shared/replicas.ts';
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
import { v1beta1 } from './conversion.ts';

const Spec = z.object({
  clusterName: ClusterName,
  replicas: Count.optional(),
  selector: Selector,
  template: MachineTemplate,
  machineNaming: Naming.optional(),
  deletion: z.object({ order: DeletionOrder.optional() }).optional(),
});

const Status = z.object({
  conditions: Conditions,
  selector: z.string().optional(),
  replicas: Count.optional(),
  readyReplicas: Count.optional(),
  availableReplicas: Count.optional(),
  upToDateReplicas: Count.optional(),
  versions: StatusVersions,
  observedGeneration: z.int().optional(),
  deprecated: z
    .object({
      v1beta1: z
        .object({
          conditions: V1Beta1Conditions,
          failureReason: z.string().optional(),
          failureMessage: z.string().optional(),
          fullyLabeledReplicas: Count.optional(),
          readyReplicas: Count.optional(),
          availableReplicas: Count.optional(),
        })
        .optional(),
    })
    .optional(),
});

/** cluster.x-k8s.io MachineSet. */
export const MachineSet = defineKind({
  group: GROUPS.core,
  kind: 'MachineSet',
  plural: 'machinesets',
  shortNames: ['ms'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: Spec,
  status: Status,
  statusSubresource: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'status.selector' },
  columns: [
    { name: 'Cluster', type: 'string', of: (set) => set.spec.clusterName },
    { name: 'Desired', type: 'integer', of: (set) => set.spec.replicas },
    { name: 'Current', type: 'integer', of: (set) => set.status?.replicas },
    { name: 'Ready', type: 'integer', of: (set) => set.status?.readyReplicas },
    { name: 'Available', type: 'integer', of: (set) => set.status?.availableReplicas },
    { name: 'Up-to-date', type: 'integer', of: (set) => set.status?.upToDateReplicas },
    { name: 'Paused', type: 'string', wide: true, of: (set) => conditionOf(set, 'Paused')?.status },
    { name: 'Age', type: 'date', of: (set) => set.metadata.creationTimestamp },
    { name: 'Version', type: 'string', of: (set) => set.spec.template.spec.version },
  ],
  defaults: (set) => {
    const { spec } = set;
    defaultClusterLabel(set);
    defaultReplicas(set);
    if (isEmpty(spec.selector)) {
      spec.selector.matchLabels = { [LABELS.setName]: set.metadata.name };
      spec.template.metadata = { ...spec.template.metadata };
      spec.template.metadata.labels = { ...spec.template.metadata.labels, [LABELS.setName]: set.metadata.name };
    }
    defaultVersion(spec.template.spec);
  },
  validate: ({ metadata, spec }) => [
    ...checkMachineSpec('spec.template.spec', spec.template.spec, true),
    ...checkSelector('spec.selector', spec.selector),
    ...checkTemplateLabels('spec.template.metadata.labels', spec.selector, spec.template.metadata?.labels),
    ...checkSkippedChecks(metadata.annotations),
    ...(spec.clusterName === spec.template.spec.clusterName
      ? []
      : [invalid('spec.clusterName', spec.clusterName, 'must be the same as spec.template.spec.clusterName')]),
    ...checkNaming('spec.machineNaming.template', spec.machineNaming?.template, 'machineSet'),
  ],
  validateUpdate: (set, was) => immutable('spec.clusterName', was.spec.clusterName, set.spec.clusterName),
  description: 'MachineSet keeps a number of equal Machines. A MachineDeployment makes one for each revision.',
});

function isEmpty(selector: z.output<typeof Selector>): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}
