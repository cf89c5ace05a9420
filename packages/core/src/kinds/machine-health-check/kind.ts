/** MachineHealthCheck: says which machines are sick, so that their owner replaces them. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { checkIntOrPercent, checkSelector, immutable, invalid, required } from '../shared/fields.ts';
import { CATEGORY, GROUPS, LABELS } from '../shared/labels.ts';
import { defaultClusterLabel } from '../shared/machine-template.ts';
import { ClusterName, Conditions, Count, IntOrString, Seconds, Selector, V1Beta1Conditions } from '../shared/schema.ts';
import { v1beta1 } from './conversion.ts';

const Unhealthy = z.object({
  type: z.string().min(1).max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  timeoutSeconds: Seconds,
});

const Spec = z.object({
  clusterName: ClusterName,
  selector: Selector,
  checks: z
    .object({
      /** 0 = no limit. */
      nodeStartupTimeoutSeconds: Seconds.optional(),
      unhealthyNodeConditions: z.array(Unhealthy).max(100).optional(),
      unhealthyMachineConditions: z.array(Unhealthy).max(100).optional(),
    })
    .optional(),
  remediation: z
    .object({
      triggerIf: z
        .object({
          unhealthyLessThanOrEqualTo: IntOrString.optional(),
          unhealthyInRange: z
            .string()
            .regex(/^\[[0-9]+-[0-9]+\]$/)
            .optional(),
        })
        .optional(),
      templateRef: z.object({ kind: z.string(), name: z.string(), apiVersion: z.string() }).optional(),
    })
    .optional(),
});

const Status = z.object({
  conditions: Conditions,
  expectedMachines: Count.optional(),
  currentHealthy: Count.optional(),
  remediationsAllowed: Count.optional(),
  observedGeneration: z.int().optional(),
  targets: z.array(z.string()).max(10000).optional(),
  deprecated: z.object({ v1beta1: z.object({ conditions: V1Beta1Conditions }).optional() }).optional(),
});

/** Upstream's default: a machine has 10 minutes to become a node. */
export const DEFAULT_NODE_STARTUP_SECONDS = 600;

/** A MachineHealthCheck's spec. */
export type MachineHealthCheckSpec = z.output<typeof Spec>;

/** cluster.x-k8s.io MachineHealthCheck. */
export const MachineHealthCheck = defineKind({
  group: GROUPS.core,
  kind: 'MachineHealthCheck',
  plural: 'machinehealthchecks',
  shortNames: ['mhc', 'mhcs'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  versions: [v1beta1],
  spec: Spec,
  status: Status,
  statusSubresource: true,
  columns: [
    { name: 'Cluster', type: 'string', of: (check) => check.spec.clusterName },
    { name: 'Replicas', type: 'integer', of: (check) => check.status?.expectedMachines },
    { name: 'Healthy', type: 'integer', of: (check) => check.status?.currentHealthy },
    { name: 'Paused', type: 'string', wide: true, of: (check) => conditionOf(check, 'Paused')?.status },
    { name: 'Age', type: 'date', of: (check) => check.metadata.creationTimestamp },
  ],
  defaults: (check) => {
    defaultClusterLabel(check);
    check.spec.checks = { ...check.spec.checks };
    check.spec.checks.nodeStartupTimeoutSeconds ??= DEFAULT_NODE_STARTUP_SECONDS;
  },
  validate: ({ spec }) => [...checkTargets(spec), ...checkStartup(spec), ...checkTrigger(spec)],
  validateUpdate: (check, was) => immutable('spec.clusterName', was.spec.clusterName, check.spec.clusterName),
  description:
    'MachineHealthCheck marks the machines of a cluster that are unhealthy for too long, so that their owner replaces them.',
});

function checkTargets({ selector, clusterName }: MachineHealthCheckSpec) {
  const labels = selector.matchLabels ?? {};
  const errors = checkSelector('spec.selector', selector);
  if (Object.keys(labels).length === 0 && (selector.matchExpressions ?? []).length === 0) {
    errors.push(required('spec.selector', 'selector must not be empty'));
  }
  const other = labels[LABELS.clusterName];
  if (other !== undefined && other !== clusterName) {
    errors.push(invalid('spec.selector', selector, 'cannot select a cluster other than spec.clusterName'));
  }
  return errors;
}

function checkStartup({ checks }: MachineHealthCheckSpec) {
  const seconds = checks?.nodeStartupTimeoutSeconds;
  if (seconds === undefined || seconds === 0 || seconds >= 30) return [];
  return [invalid('spec.checks.nodeStartupTimeoutSeconds', seconds, 'must be 0 (no limit) or at least 30')];
}

function checkTrigger({ remediation }: MachineHealthCheckSpec) {
  const at = 'spec.remediation.triggerIf';
  const { unhealthyLessThanOrEqualTo, unhealthyInRange } = remediation?.triggerIf ?? {};
  const errors = checkIntOrPercent(`${at}.unhealthyLessThanOrEqualTo`, unhealthyLessThanOrEqualTo);
  const [from, to] = (unhealthyInRange ?? '[0-0]').slice(1, -1).split('-').map(Number);
  if (unhealthyInRange !== undefined && from! > to!) {
    errors.push(invalid(`${at}.unhealthyInRange`, unhealthyInRange, 'the first number cannot be greater than the second'));
  }
  return errors;
}
