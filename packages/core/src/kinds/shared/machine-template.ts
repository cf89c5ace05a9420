/** A Machine's spec, as Machine, MachineSet and MachineDeployment hold it, in both versions; its defaults, checks and conversion. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { duration, type Move, reference } from './convert.ts';
import { checkVersion, invalid, required } from './fields.ts';
import {
  ClusterName,
  ContractRef,
  Count,
  Gate,
  GoDuration,
  MachineTaint,
  ObjectReference,
  Seconds,
  TemplateMeta,
} from './schema.ts';
import { withV } from './versions.ts';

/** How long a deletion may take at each step; unset or 0 = for ever, but nodeDeletion, whose default is 10 s. */
export const MachineDeletion = z.object({
  nodeDrainTimeoutSeconds: Seconds.optional(),
  nodeVolumeDetachTimeoutSeconds: Seconds.optional(),
  nodeDeletionTimeoutSeconds: Seconds.optional(),
});

/** MachineSpec of the hub. */
export const MachineSpec = z.object({
  clusterName: ClusterName,
  bootstrap: z.object({ configRef: ContractRef.optional(), dataSecretName: z.string().max(253).optional() }),
  infrastructureRef: ContractRef,
  version: z.string().max(256).optional(),
  providerID: z.string().max(512).optional(),
  failureDomain: z.string().max(256).optional(),
  minReadySeconds: Count.optional(),
  readinessGates: z.array(Gate).max(32).optional(),
  deletion: MachineDeletion.optional(),
  taints: z.array(MachineTaint).max(64).optional(),
});
/** A Machine's spec. */
export type MachineSpec = z.output<typeof MachineSpec>;

/** MachineTemplateSpec of the hub. */
export const MachineTemplate = z.object({ metadata: TemplateMeta.optional(), spec: MachineSpec });
/** A Machine's template. */
export type MachineTemplate = z.output<typeof MachineTemplate>;

/** MachineSpec of v1beta1. */
export const MachineSpecV1Beta1 = z.object({
  clusterName: ClusterName,
  bootstrap: z.object({ configRef: ObjectReference.optional(), dataSecretName: z.string().optional() }),
  infrastructureRef: ObjectReference,
  version: z.string().optional(),
  providerID: z.string().optional(),
  failureDomain: z.string().optional(),
  readinessGates: z.array(Gate).optional(),
  nodeDrainTimeout: GoDuration.optional(),
  nodeVolumeDetachTimeout: GoDuration.optional(),
  nodeDeletionTimeout: GoDuration.optional(),
  taints: z.array(MachineTaint).optional(),
});

/** MachineTemplateSpec of v1beta1. */
export const MachineTemplateV1Beta1 = z.object({ metadata: TemplateMeta.optional(), spec: MachineSpecV1Beta1 });

/** The three deletion timeouts: beside the spec's other fields in v1beta1, under `deletion` in the hub. */
export const DELETION_MOVES: readonly Move[] = [
  { old: 'nodeDrainTimeout', hub: 'deletion.nodeDrainTimeoutSeconds', as: duration },
  { old: 'nodeVolumeDetachTimeout', hub: 'deletion.nodeVolumeDetachTimeoutSeconds', as: duration },
  { old: 'nodeDeletionTimeout', hub: 'deletion.nodeDeletionTimeoutSeconds', as: duration },
];

/** How a MachineSpec converts. minReadySeconds sits elsewhere in v1beta1 (on the set or deployment), so its owner moves it. */
export const MACHINE_SPEC_MOVES: readonly Move[] = [
  { old: 'bootstrap.configRef', hub: 'bootstrap.configRef', as: reference },
  { old: 'infrastructureRef', hub: 'infrastructureRef', as: reference },
  ...DELETION_MOVES,
];

/** The version gets its `v`. */
export function defaultVersion(spec: { version?: string }): void {
  if (spec.version) spec.version = withV(spec.version);
}

/** Rules of a MachineSpec at `field`. `worker` = it is no control-plane machine. */
export function checkMachineSpec(field: string, spec: MachineSpec, worker: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.bootstrap.configRef && spec.bootstrap.dataSecretName === undefined) {
    errors.push(required(`${field}.bootstrap`, `give either ${field}.bootstrap.dataSecretName or ${field}.bootstrap.configRef`));
  }
  errors.push(...checkVersion(`${field}.version`, spec.version));
  spec.taints?.forEach((taint, index) => {
    if (worker && taint.key === 'node-role.kubernetes.io/control-plane') {
      errors.push(invalid(`${field}.taints[${index}].key`, taint.key, 'taint is not allowed for worker Machines'));
    }
    if (/^node\.(kubernetes|cluster\.x-k8s|cloudprovider\.kubernetes)\.io\//.test(taint.key)) {
      errors.push(invalid(`${field}.taints[${index}].key`, taint.key, 'this taint is set by the system and cannot be asked for'));
    }
  });
  return errors;
}

/** Labels of an object that belongs to a cluster carry its name. */
export function defaultClusterLabel(object: {
  metadata: { labels?: Record<string, string> };
  spec: { clusterName: string };
}): void {
  object.metadata.labels = { ...object.metadata.labels, 'cluster.x-k8s.io/cluster-name': object.spec.clusterName };
}
