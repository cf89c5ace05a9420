/** Counts, versions and conditions of a KubeadmControlPlane, and the conditions it sets on its Machines. */
import { aggregate, conditionIs, type NewCondition, setConditions } from '../shared/conditions.ts';
import { LABELS } from '../shared/labels.ts';
import { condition, edit, statusOf, type Work, wakeAfter } from '../shared/planning.ts';
import { compareVersions } from '../shared/versions.ts';
import { clusterHealth, GRACE, keepsQuorum, machineHealth, managesEtcd, someoneServes } from './health.ts';
import type { Candidate } from './rollout.ts';
import type { ControlPlaneObject, MachineObject, Seen } from './seen.ts';

/** The plan of a KubeadmControlPlane. */
export type ControlPlaneWork = Work<ControlPlaneObject['spec'], NonNullable<ControlPlaneObject['status']>>;

/** What is handed on to Machines without replacing them: labels, annotations, deletion timeouts (Cluster API, metadata propagation). */
function handOn(machine: MachineObject, controlPlane: ControlPlaneObject): void {
  const { metadata, spec } = controlPlane.spec.machineTemplate;
  machine.metadata.labels = { ...machine.metadata.labels, ...metadata?.labels };
  machine.metadata.annotations = { ...machine.metadata.annotations, ...metadata?.annotations };
  if (spec.deletion) machine.spec.deletion = { ...machine.spec.deletion, ...spec.deletion };
}

/** Sets UpToDate and the health conditions on each Machine. Returns the Machines as they will be. */
export function judgeMachines(work: ControlPlaneWork, seen: Seen, candidates: readonly Candidate[]): MachineObject[] {
  if (seen.health && !seen.health.reachable) {
    const left = (Date.parse(seen.health.since) - work.env.now.getTime()) / 1000 + GRACE;
    if (left > 0) wakeAfter(work, left);
  }
  return candidates.map(({ machine, outdated }) => {
    const now = edit(work, machine);
    handOn(now, seen.self);
    now.status ??= {};
    const health = machineHealth(machine, seen.health, seen.self, work.env.now) ?? [];
    now.status.conditions = setConditions(
      now.status.conditions,
      [upToDate(machine, outdated, seen.self), ...health],
      work.env.now,
    );
    return now;
  });
}

/** As its specification wants it, and its node says so too. */
function upToDate(machine: MachineObject, outdated: readonly string[], controlPlane: ControlPlaneObject): NewCondition {
  const kubelet = machine.status?.nodeInfo?.kubeletVersion;
  const lines = outdated.map((line) => `* ${line}`);
  if (lines.length === 0 && kubelet && kubelet !== controlPlane.spec.version) {
    lines.push(`* Node reports kubelet ${kubelet}, ${controlPlane.spec.version} required`);
  }
  const status = lines.length === 0 ? 'True' : 'False';
  return { type: 'UpToDate', status, reason: status === 'True' ? 'UpToDate' : 'NotUpToDate', message: lines.join('\n') };
}

/** Counts, versions, selector. */
export function counts(work: ControlPlaneWork, machines: readonly MachineObject[], cluster: string | undefined): void {
  const status = statusOf(work);
  const have = (type: string) => machines.filter((machine) => conditionIs(machine, type)).length;
  status.replicas = machines.length;
  status.readyReplicas = have('Ready');
  status.availableReplicas = have('Available');
  status.upToDateReplicas = have('UpToDate');
  status.observedGeneration = work.self.metadata.generation;
  if (cluster) status.selector = `${LABELS.clusterName}=${cluster},${LABELS.controlPlane}`;
  const versions = new Map<string, number>();
  for (const { spec } of machines) if (spec.version) versions.set(spec.version, (versions.get(spec.version) ?? 0) + 1);
  const sorted = [...versions].sort(([a], [b]) => compareVersions(a, b));
  status.versions = sorted.map(([version, replicas]) => ({ version, replicas }));
  if (sorted[0]) status.version = sorted[0][0];
}

/** Initialized: the API server has answered, with its pod on a node of ours. It stays so. */
export function initialized(work: ControlPlaneWork, seen: Seen): boolean {
  const status = statusOf(work);
  const answers =
    seen.health?.reachable === true && seen.health.pods.some((pod) => pod.component === 'kube-apiserver' && pod.ready);
  if (answers) status.initialization = { controlPlaneInitialized: true };
  const is = status.initialization?.controlPlaneInitialized === true;
  condition(work, {
    type: 'Initialized',
    status: is ? 'True' : 'False',
    reason: is ? 'Initialized' : 'NotInitialized',
    message: '',
  });
  return is;
}

/** What the conditions about scaling say besides the counts. */
export interface Remarks {
  /** Lines under RollingOut, ScalingUp or ScalingDown: what stands in the way. */
  lines: readonly string[];
}

/** The conditions that sum up machines and health. */
export function sumUp(
  work: ControlPlaneWork,
  seen: Seen,
  machines: readonly MachineObject[],
  candidates: readonly Candidate[],
  remarks: Remarks,
): void {
  const ready = { True: 'Ready', False: 'NotReady', Unknown: 'ReadyUnknown', empty: 'NoReplicas' };
  const current = { True: 'UpToDate', False: 'NotUpToDate', Unknown: 'UpToDateUnknown', empty: 'NoReplicas' };
  condition(work, aggregate(machines, 'Ready', 'MachinesReady', ready));
  condition(work, aggregate(machines, 'UpToDate', 'MachinesUpToDate', current));
  for (const each of clusterHealth(machines, seen.self)) condition(work, each);
  condition(work, available(work, seen, machines));
  const below = remarks.lines.map((line) => `* ${line}`);
  const wanted = seen.self.spec.replicas ?? 1;
  const gone = seen.self.metadata.deletionTimestamp !== undefined;
  const target = gone ? 0 : wanted;
  const old = [...new Set(candidates.flatMap((each) => each.outdated))].sort();
  scaling(work, 'RollingOut', old.length > 0 && !gone, [
    'Rolling out not up-to-date replicas',
    ...old.map((line) => `* ${line}`),
    ...below,
  ]);
  scaling(work, 'ScalingUp', machines.length < target, [`Scaling up from ${machines.length} to ${target} replicas`, ...below]);
  scaling(work, 'ScalingDown', machines.length > target && old.length === 0, [
    `Scaling down from ${machines.length} to ${target} replicas`,
    ...below,
  ]);
}

function scaling(work: ControlPlaneWork, type: string, is: boolean, lines: string[]): void {
  condition(work, { type, status: is ? 'True' : 'False', reason: is ? type : `Not${type}`, message: is ? lines.join('\n') : '' });
}

/** Available: initialized, etcd has its quorum, and somewhere all components serve. */
function available(work: ControlPlaneWork, seen: Seen, machines: readonly MachineObject[]): NewCondition {
  const type = 'Available';
  if (seen.self.metadata.deletionTimestamp)
    return { type, status: 'False', reason: 'NotAvailable', message: '* Control plane metadata.deletionTimestamp is set' };
  const lines: string[] = [];
  if (work.self.status?.initialization?.controlPlaneInitialized !== true) lines.push('* Control plane not yet initialized');
  else if (!seen.health?.reachable) {
    const was = work.self.status.conditions?.find((each) => each.type === type);
    // Lost contact says nothing about the control plane until the grace period is over.
    const fresh = seen.health && Date.parse(seen.health.since) + GRACE * 1000 > work.env.now.getTime();
    if (was && fresh) return was;
    const message = seen.health
      ? `* The cluster cannot be reached since ${seen.health.since}`
      : '* The cluster has not been reached yet';
    return { type, status: 'Unknown', reason: 'AvailableUnknown', message };
  } else {
    if (managesEtcd(seen.self) && !keepsQuorum(seen.health)) lines.push('* etcd has no quorum of healthy voting members');
    if (!someoneServes(machines, seen.self))
      lines.push('* There are no Machines with healthy control plane components, at least 1 required');
  }
  return {
    type,
    status: lines.length === 0 ? 'True' : 'False',
    reason: lines.length === 0 ? 'Available' : 'NotAvailable',
    message: lines.join('\n'),
  };
}
