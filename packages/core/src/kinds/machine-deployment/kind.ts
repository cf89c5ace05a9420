/** MachineDeployment: the workers of a cluster, and how they are replaced by newer ones. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import {
  checkIntOrPercent,
  checkNaming,
  checkSelector,
  checkTemplateLabels,
  immutable,
  invalid,
  resolveIntOrPercent,
} from '../shared/fields.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { checkMachineSpec, defaultClusterLabel, defaultVersion, MachineTemplate } from '../shared/machine-template.ts';
import { checkSkippedChecks } from '../shared/preflight-names.ts';
import { defaultReplicas } from '../shared/replicas.ts';
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
import { v1beta1 } from './conversion.ts';

const Spec = z.object({
  clusterName: ClusterName,
  replicas: Count.optional(),
  rollout: z
    .object({
      after: Time.optional(),
      strategy: z
        .object({
          type: z.enum(['RollingUpdate', 'OnDelete']).optional(),
          rollingUpdate: z.object({ maxUnavailable: IntOrString.optional(), maxSurge: IntOrString.optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
  selector: Selector,
  template: MachineTemplate,
  machineNaming: Naming.optional(),
  remediation: z.object({ maxInFlight: IntOrString.optional() }).optional(),
  deletion: z.object({ order: DeletionOrder.optional() }).optional(),
  paused: z.boolean().optional(),
});

/** Where a deployment stands. */
export const MACHINE_DEPLOYMENT_PHASES = ['ScalingUp', 'ScalingDown', 'Running', 'Failed', 'Unknown'] as const;

const Status = z.object({
  conditions: Conditions,
  observedGeneration: z.int().optional(),
  selector: z.string().optional(),
  replicas: Count.optional(),
  readyReplicas: Count.optional(),
  availableReplicas: Count.optional(),
  upToDateReplicas: Count.optional(),
  versions: StatusVersions,
  phase: z.enum(MACHINE_DEPLOYMENT_PHASES).optional(),
  deprecated: z
    .object({
      v1beta1: z
        .object({
          conditions: V1Beta1Conditions,
          updatedReplicas: Count.optional(),
          readyReplicas: Count.optional(),
          availableReplicas: Count.optional(),
          unavailableReplicas: Count.optional(),
        })
        .optional(),
    })
    .optional(),
});

/** A MachineDeployment's spec. */
export type MachineDeploymentSpec = z.output<typeof Spec>;

/** cluster.x-k8s.io MachineDeployment. */
export const MachineDeployment = defineKind({
  group: GROUPS.core,
  kind: 'MachineDeployment',
  plural: 'machinedeployments',
  shortNames: ['md'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: Spec,
  status: Status,
  statusSubresource: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'status.selector' },
  columns: [
    { name: 'Cluster', type: 'string', of: (md) => md.spec.clusterName },
    { name: 'Available', type: 'string', of: (md) => conditionOf(md, 'Available')?.status },
    { name: 'Desired', type: 'integer', of: (md) => md.spec.replicas },
    { name: 'Current', type: 'integer', of: (md) => md.status?.replicas },
    { name: 'Ready', type: 'integer', of: (md) => md.status?.readyReplicas },
    { name: 'Available', type: 'integer', of: (md) => md.status?.availableReplicas },
    { name: 'Up-to-date', type: 'integer', of: (md) => md.status?.upToDateReplicas },
    { name: 'Paused', type: 'string', wide: true, of: (md) => conditionOf(md, 'Paused')?.status },
    { name: 'Phase', type: 'string', of: (md) => md.status?.phase },
    { name: 'Age', type: 'date', of: (md) => md.metadata.creationTimestamp },
    { name: 'Version', type: 'string', of: (md) => md.spec.template.spec.version },
  ],
  defaults: (md) => {
    const { spec, metadata } = md;
    defaultClusterLabel(md);
    defaultReplicas(md);
    defaultStrategy(spec);
    const labels = { ...spec.template.metadata?.labels };
    const selected = { ...spec.selector.matchLabels };
    if (Object.keys(selected).length === 0 && (spec.selector.matchExpressions ?? []).length === 0) {
      selected[LABELS.deploymentName] = metadata.name;
      labels[LABELS.deploymentName] = metadata.name;
    }
    spec.selector.matchLabels = { ...selected, [LABELS.clusterName]: spec.clusterName };
    spec.template.metadata = { ...spec.template.metadata, labels: { ...labels, [LABELS.clusterName]: spec.clusterName } };
    defaultVersion(spec.template.spec);
  },
  validate: ({ metadata, spec }) => [
    ...(metadata.name.length <= 63
      ? []
      : [invalid('metadata.name', metadata.name, 'must be at most 63 characters: it becomes a label')]),
    ...checkMachineSpec('spec.template.spec', spec.template.spec, true),
    ...checkSelector('spec.selector', spec.selector),
    ...checkTemplateLabels('spec.template.metadata.labels', spec.selector, spec.template.metadata?.labels),
    ...checkSkippedChecks(metadata.annotations),
    ...(spec.clusterName === spec.template.spec.clusterName
      ? []
      : [invalid('spec.clusterName', spec.clusterName, 'must be the same as spec.template.spec.clusterName')]),
    ...checkStrategy(spec),
    ...checkIntOrPercent('spec.remediation.maxInFlight', spec.remediation?.maxInFlight),
    ...checkNaming('spec.machineNaming.template', spec.machineNaming?.template, 'machineSet'),
  ],
  validateUpdate: (md, was) => immutable('spec.clusterName', was.spec.clusterName, md.spec.clusterName),
  description: 'MachineDeployment keeps the workers of a cluster, and replaces them in step when their template changes.',
});

function defaultStrategy(spec: MachineDeploymentSpec): void {
  const strategy = { ...spec.rollout?.strategy };
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate = { maxSurge: 1, maxUnavailable: 0, ...strategy.rollingUpdate };
  }
  spec.rollout = { ...spec.rollout, strategy };
}

function checkStrategy(spec: MachineDeploymentSpec) {
  const at = 'spec.rollout.strategy.rollingUpdate';
  const { maxSurge, maxUnavailable } = spec.rollout?.strategy?.rollingUpdate ?? {};
  const errors = [...checkIntOrPercent(`${at}.maxUnavailable`, maxUnavailable), ...checkIntOrPercent(`${at}.maxSurge`, maxSurge)];
  const zero = (value: number | string | undefined) => value !== undefined && resolveIntOrPercent(value, 100, 'up') === 0;
  if (errors.length === 0 && zero(maxSurge) && zero(maxUnavailable)) {
    errors.push(invalid(at, { maxSurge, maxUnavailable }, 'maxUnavailable and maxSurge cannot both be 0'));
  }
  return errors;
}
