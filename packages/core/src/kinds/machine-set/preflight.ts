/** Preflight checks: what has to hold before a MachineSet makes or replaces a machine (Cluster API's MachineSetPreflightChecks). */
import type { KubeObject } from '../../store/object.ts';
import type { MachineSpec } from '../shared/machine-template.ts';
import { type PreflightCheck, skippedChecks } from '../shared/preflight-names.ts';
import { compareVersions, minorDistance } from '../shared/versions.ts';

/** The part of a control plane that the checks look at; any kind that keeps the contract. */
export interface ControlPlaneFacts {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: { version?: string; replicas?: number };
  status?: { version?: string; observedGeneration?: number } | undefined;
}

/** Oldest kubelet beside a control plane: three minors (Kubernetes' skew policy). */
const OLDEST_SKEW = 3;

/** Reads a control plane object of whatever kind. */
export function controlPlaneFacts(object: KubeObject | null): ControlPlaneFacts | null {
  return object as ControlPlaneFacts | null;
}

/** Whether its machines are on the way to another version. */
export function isUpgrading(controlPlane: ControlPlaneFacts): boolean {
  return compareVersions(controlPlane.spec.version, controlPlane.status?.version) > 0;
}

/** Why machines may not be made now; empty = they may. `annotations` are the set's, or else its bootstrap template's. */
export function failedChecks(
  controlPlane: ControlPlaneFacts | null,
  template: MachineSpec,
  annotations: Record<string, string> | undefined,
): string[] {
  const skipped = skippedChecks(annotations);
  if (!controlPlane?.spec.version || skipped.includes('All')) return [];
  const checks: [PreflightCheck, string | undefined][] = [
    ['ControlPlaneIsStable', unstable(controlPlane)],
    ['KubernetesVersionSkew', kubernetesSkew(controlPlane.spec.version, template.version)],
    ['KubeadmVersionSkew', kubeadmSkew(controlPlane.spec.version, template)],
  ];
  return checks
    .filter((check): check is [PreflightCheck, string] => check[1] !== undefined && !skipped.includes(check[0]))
    .map(([name, why]) => `${why} ("${name}" preflight check failed)`);
}

function unstable(controlPlane: ControlPlaneFacts): string | undefined {
  const name = `${controlPlane.kind} ${controlPlane.metadata.namespace ?? ''}/${controlPlane.metadata.name}`;
  if (!controlPlane.status?.version) return `${name} is provisioning`;
  return isUpgrading(controlPlane) ? `${name} is upgrading` : undefined;
}

function kubernetesSkew(controlPlane: string, machine: string | undefined): string | undefined {
  const distance = minorDistance(controlPlane, machine);
  if (Number.isNaN(distance) || (distance <= 0 && distance >= -OLDEST_SKEW)) return undefined;
  return distance > 0
    ? `version ${machine} is a minor version above the control plane's ${controlPlane}, which kubelets may not be`
    : `version ${machine} is more than ${OLDEST_SKEW} minor versions below the control plane's ${controlPlane}`;
}

function kubeadmSkew(controlPlane: string, template: MachineSpec): string | undefined {
  const { kind, apiGroup } = template.bootstrap.configRef ?? {};
  if (kind !== 'KubeadmConfigTemplate' || apiGroup !== 'bootstrap.cluster.x-k8s.io') return undefined;
  const distance = minorDistance(controlPlane, template.version);
  if (Number.isNaN(distance) || distance === 0) return undefined;
  return `kubeadm of ${template.version} cannot join a control plane of ${controlPlane}: the minor versions have to be the same`;
}
