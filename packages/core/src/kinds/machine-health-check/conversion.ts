/** MachineHealthCheck v1beta1. */
import { z } from 'zod';
import type { Column, Version } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { type Codec, conversion, duration, each, type Move } from '../shared/convert.ts';
import { GROUPS } from '../shared/labels.ts';
import {
  ClusterName,
  Conditions,
  Count,
  GoDuration,
  IntOrString,
  ObjectReference,
  Selector,
  V1Beta1Conditions,
} from '../shared/schema.ts';

const Unhealthy = z.object({ type: z.string().min(1), status: z.enum(['True', 'False', 'Unknown']), timeout: GoDuration });

const Spec = z.object({
  clusterName: ClusterName,
  selector: Selector,
  unhealthyConditions: z.array(Unhealthy).optional(),
  unhealthyMachineConditions: z.array(Unhealthy).optional(),
  maxUnhealthy: IntOrString.optional(),
  unhealthyRange: z
    .string()
    .regex(/^\[[0-9]+-[0-9]+\]$/)
    .optional(),
  nodeStartupTimeout: GoDuration.optional(),
  remediationTemplate: ObjectReference.optional(),
});

const Status = z.object({
  expectedMachines: Count.optional(),
  currentHealthy: Count.optional(),
  remediationsAllowed: Count.optional(),
  observedGeneration: z.int().optional(),
  targets: z.array(z.string()).optional(),
  conditions: V1Beta1Conditions,
  v1beta2: z.object({ conditions: Conditions }).optional(),
});

const timeouts = each([{ old: 'timeout', hub: 'timeoutSeconds', as: duration }]);

/** The one reference that keeps its apiVersion in the hub; only the namespace goes. */
const templateReference: Codec = {
  toHub: (value) => {
    if (!value || typeof value !== 'object' || Array.isArray(value) || !value.kind) return undefined;
    return { kind: value.kind, name: value.name ?? '', apiVersion: value.apiVersion ?? '' };
  },
  fromHub: (value, namespace) =>
    value && typeof value === 'object' && !Array.isArray(value) ? { ...value, ...(namespace ? { namespace } : {}) } : undefined,
};

const MOVES: readonly Move[] = [
  { old: 'spec.unhealthyConditions', hub: 'spec.checks.unhealthyNodeConditions', as: timeouts },
  { old: 'spec.unhealthyMachineConditions', hub: 'spec.checks.unhealthyMachineConditions', as: timeouts },
  { old: 'spec.nodeStartupTimeout', hub: 'spec.checks.nodeStartupTimeoutSeconds', as: duration },
  { old: 'spec.maxUnhealthy', hub: 'spec.remediation.triggerIf.unhealthyLessThanOrEqualTo' },
  { old: 'spec.unhealthyRange', hub: 'spec.remediation.triggerIf.unhealthyInRange' },
  { old: 'spec.remediationTemplate', hub: 'spec.remediation.templateRef', as: templateReference },
  { old: 'status.conditions', hub: 'status.deprecated.v1beta1.conditions' },
  { old: 'status.v1beta2.conditions', hub: 'status.conditions' },
];

type Old = { spec?: z.output<typeof Spec>; status?: z.output<typeof Status> };
const old = (check: KubeObject) => check as unknown as Old;

const columns: Column<unknown, unknown>[] = [
  { name: 'Cluster', type: 'string', of: (check) => old(check).spec?.clusterName },
  { name: 'ExpectedMachines', type: 'integer', of: (check) => old(check).status?.expectedMachines },
  { name: 'MaxUnhealthy', type: 'string', of: (check) => old(check).spec?.maxUnhealthy },
  { name: 'CurrentHealthy', type: 'integer', of: (check) => old(check).status?.currentHealthy },
  { name: 'Age', type: 'date', of: (check) => check.metadata.creationTimestamp },
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
