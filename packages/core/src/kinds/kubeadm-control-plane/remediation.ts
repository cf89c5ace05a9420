/** Replacing a control-plane machine that a health check has given up: when it may be done, and which one. Pure. */
import type { ControlPlaneSeen } from '../../runtime/seen.ts';
import { conditionOf } from '../shared/conditions.ts';
import { ANNOTATIONS } from '../shared/labels.ts';
import { healthTypes, keepsQuorum, managesEtcd, someoneServes } from './health.ts';
import type { ControlPlaneObject, MachineObject } from './seen.ts';

/** On the KubeadmControlPlane, from the deletion of a machine until its replacement is made. */
export const REMEDIATION_IN_PROGRESS = 'controlplane.cluster.x-k8s.io/remediation-in-progress';
/** On the replacement. */
export const REMEDIATION_FOR = 'controlplane.cluster.x-k8s.io/remediation-for';

/** Value of both annotations. */
export interface RemediationData {
  machine: string;
  timestamp: string;
  retryCount: number;
}

/** What to do about unhealthy machines. */
export type Remediation =
  | { do: 'nothing' }
  | { do: 'delete'; machine: MachineObject; data: RemediationData }
  /** `reason` and `message` of the machine's condition OwnerRemediated. */
  | { do: 'defer'; machine: MachineObject; reason: 'RemediationDeferred' | 'CannotBeRemediated'; message: string };

/** An hour: a machine that fails again within it has the same trouble (Cluster API: minHealthyPeriod). Seconds. */
const MIN_HEALTHY = 3600;

/** Decides. */
export function remediate(
  controlPlane: ControlPlaneObject,
  machines: readonly MachineObject[],
  seen: ControlPlaneSeen | null,
  now: Date,
): Remediation {
  const candidates = machines.filter((machine) => isMarked(machine) && !machine.metadata.deletionTimestamp);
  const machine = candidates.sort((a, b) => compare(order(a), order(b)))[0];
  if (!machine) return { do: 'nothing' };
  const defer = (message: string, reason: 'RemediationDeferred' | 'CannotBeRemediated' = 'RemediationDeferred'): Remediation => ({
    do: 'defer',
    machine,
    reason,
    message,
  });
  if (parse(controlPlane.metadata.annotations?.[REMEDIATION_IN_PROGRESS])) {
    return defer('KubeadmControlPlane waiting for the replacement of another Machine to be created');
  }
  const retry = retryOf(controlPlane, machine, now);
  if ('message' in retry) return defer(retry.message, retry.final ? 'CannotBeRemediated' : 'RemediationDeferred');
  if (controlPlane.status?.initialization?.controlPlaneInitialized === true) {
    const refusal = mayGo(controlPlane, machines, machine, seen);
    if (refusal) return defer(refusal, refusal.includes('less or equal to 1') ? 'CannotBeRemediated' : 'RemediationDeferred');
  }
  const data = { machine: machine.metadata.name, timestamp: now.toISOString(), retryCount: retry.count };
  return { do: 'delete', machine, data };
}

function isMarked(machine: MachineObject): boolean {
  const failed = conditionOf(machine, 'HealthCheckSucceeded')?.status === 'False';
  return failed && conditionOf(machine, 'OwnerRemediated')?.status === 'False';
}

/** Who goes first: asked for by a person, without a node, etcd, API server, controller manager, scheduler, then the oldest. */
function order(machine: MachineObject): string[] {
  const bad = (type: string) => (conditionOf(machine, type)?.status === 'False' ? '0' : '1');
  return [
    ANNOTATIONS.remediateMachine in (machine.metadata.annotations ?? {}) ? '0' : '1',
    machine.status?.nodeRef ? '1' : '0',
    bad('EtcdMemberHealthy'),
    bad('EtcdPodHealthy'),
    bad('APIServerPodHealthy'),
    bad('ControllerManagerPodHealthy'),
    bad('SchedulerPodHealthy'),
    machine.metadata.creationTimestamp,
    machine.metadata.name,
  ];
}

function compare(a: string[], b: string[]): number {
  const index = a.findIndex((each, at) => each !== b[at]);
  return index < 0 ? 0 : a[index]! < b[index]! ? -1 : 1;
}

/** How often this trouble has been remediated before; or why it may not be again (now). */
function retryOf(
  controlPlane: ControlPlaneObject,
  machine: MachineObject,
  now: Date,
): { count: number } | { message: string; final: boolean } {
  const before = parse(machine.metadata.annotations?.[REMEDIATION_FOR]);
  if (!before) return { count: 0 };
  const { maxRetry, retryPeriodSeconds = 0, minHealthyPeriodSeconds = MIN_HEALTHY } = controlPlane.spec.remediation ?? {};
  const since = (now.getTime() - Date.parse(before.timestamp)) / 1000;
  if (since >= minHealthyPeriodSeconds) return { count: 0 };
  if (since < retryPeriodSeconds) {
    const until = new Date(Date.parse(before.timestamp) + retryPeriodSeconds * 1000).toISOString();
    return {
      message: `KubeadmControlPlane can't remediate this machine before ${until} (remediation.retryPeriodSeconds)`,
      final: false,
    };
  }
  if (maxRetry !== undefined && before.retryCount >= maxRetry) {
    return {
      message: `KubeadmControlPlane can't remediate this machine because the operation already failed ${maxRetry} times (MaxRetry)`,
      final: true,
    };
  }
  return { count: before.retryCount + 1 };
}

/** Why an initialized control plane cannot spare this machine now; null = it can. */
function mayGo(
  controlPlane: ControlPlaneObject,
  machines: readonly MachineObject[],
  machine: MachineObject,
  seen: ControlPlaneSeen | null,
): string | null {
  const others = machines.filter((each) => each.metadata.uid !== machine.metadata.uid);
  if (machines.length <= 1) return "KubeadmControlPlane can't remediate if current replicas are less or equal to 1";
  if (others.some((each) => each.metadata.deletionTimestamp)) {
    return 'KubeadmControlPlane waiting for control plane Machine deletion to complete before triggering remediation';
  }
  if (others.some((each) => !each.status?.nodeRef && !isMarked(each))) {
    return 'KubeadmControlPlane waiting for control plane Machine provisioning to complete before triggering remediation';
  }
  const node = machine.status?.nodeRef?.name ?? machine.metadata.name;
  if (managesEtcd(controlPlane) && !keepsQuorum(seen, node)) {
    return "KubeadmControlPlane can't remediate this Machine because this could result in etcd loosing quorum";
  }
  if (healthTypes(controlPlane).length > 0 && !someoneServes(machines, controlPlane, machine.metadata.name)) {
    return "KubeadmControlPlane can't remediate this Machine because there are no other Machines with healthy control plane components";
  }
  return null;
}

/** The data of an annotation; null where there is none, or none that can be read. */
export function parse(text: string | undefined): RemediationData | null {
  if (!text) return null;
  try {
    const data = JSON.parse(text) as RemediationData;
    return typeof data.machine === 'string' && typeof data.timestamp === 'string' && typeof data.retryCount === 'number'
      ? data
      : null;
  } catch {
    return null;
  }
}
