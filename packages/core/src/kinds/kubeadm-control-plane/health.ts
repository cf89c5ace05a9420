/** Health of control-plane Machines and of etcd, from what the collector saw. Pure. */
import type { ControlPlaneSeen } from '../../runtime/seen.ts';
import { conditionOf, type NewCondition, type WithConditions } from '../shared/conditions.ts';
import type { ControlPlaneObject, MachineObject } from './seen.ts';

/** How long lost contact leaves the last known health standing (Cluster API: remoteConditionsGracePeriod). Seconds. */
export const GRACE = 300;

const COMPONENTS = [
  ['APIServerPodHealthy', 'kube-apiserver'],
  ['ControllerManagerPodHealthy', 'kube-controller-manager'],
  ['SchedulerPodHealthy', 'kube-scheduler'],
  ['EtcdPodHealthy', 'etcd'],
] as const;

const MEMBER = 'EtcdMemberHealthy';

/** Whether the control plane runs its own etcd. */
export function managesEtcd(controlPlane: ControlPlaneObject): boolean {
  return controlPlane.spec.kubeadmConfigSpec?.clusterConfiguration?.etcd?.external === undefined;
}

/** Types of the pod conditions, and of the etcd member's where etcd is ours. All count towards a Machine's Ready (readiness gates). */
export function healthTypes(controlPlane: ControlPlaneObject): string[] {
  const types = COMPONENTS.map(([type]) => type as string);
  return managesEtcd(controlPlane) ? [...types, MEMBER] : types.filter((type) => type !== 'EtcdPodHealthy');
}

/** A machine's health conditions; null = contact was lost a moment ago, what was known still stands. */
export function machineHealth(
  machine: MachineObject,
  seen: ControlPlaneSeen | null,
  controlPlane: ControlPlaneObject,
  now: Date,
): NewCondition[] | null {
  const types = healthTypes(controlPlane);
  const all = (reason: string, message: string): NewCondition[] =>
    types.map((type) => ({ type, status: 'Unknown', reason, message }));
  const node = machine.status?.nodeRef?.name;
  if (!node) return all('InspectionFailed', 'Waiting for a Node to be assigned');
  if (!seen?.reachable) {
    const known = conditionOf(machine, types[0]!) !== undefined;
    if (known && seen && Date.parse(seen.since) + GRACE * 1000 > now.getTime()) return null;
    return all(
      'ConnectionDown',
      seen ? `The cluster cannot be reached since ${seen.since}` : 'The cluster has not been reached yet',
    );
  }
  const pods = COMPONENTS.filter(([type]) => types.includes(type)).map(([type, component]) =>
    podCondition(type, component, node, seen),
  );
  return types.includes(MEMBER) ? [...pods, memberCondition(node, seen)] : pods;
}

function podCondition(type: string, component: string, node: string, seen: ControlPlaneSeen): NewCondition {
  const pod = seen.pods.find((each) => each.node === node && each.component === component);
  if (!pod) return { type, status: 'False', reason: 'DoesNotExist', message: `Pod ${component}-${node} does not exist` };
  if (pod.ready) return { type, status: 'True', reason: 'Running', message: '' };
  return { type, status: 'False', reason: 'Failed', message: pod.message ?? `Pod ${component}-${node} is not ready` };
}

function memberCondition(node: string, seen: ControlPlaneSeen): NewCondition {
  const unknown = (message: string): NewCondition => ({ type: MEMBER, status: 'Unknown', reason: 'InspectionFailed', message });
  if (seen.etcd.error) return unknown(`etcd could not be asked: ${seen.etcd.error}`);
  const member = seen.etcd.members.find((each) => each.name === node);
  if (!member) return unknown(`etcd has no member for Node ${node}`);
  if (member.healthy && !member.isLearner) return { type: MEMBER, status: 'True', reason: 'Healthy', message: '' };
  return {
    type: MEMBER,
    status: 'False',
    reason: 'NotHealthy',
    message: member.message ?? (member.isLearner ? 'Member is a learner' : 'Member is not healthy'),
  };
}

/** EtcdClusterHealthy and ControlPlaneComponentsHealthy: one line for each machine and condition that is not True. */
export function clusterHealth(
  members: readonly (WithConditions & { metadata: { name: string } })[],
  controlPlane: ControlPlaneObject,
): NewCondition[] {
  const types = healthTypes(controlPlane);
  const etcd = types.filter((type) => type.startsWith('Etcd'));
  const pods = types.filter((type) => !type.startsWith('EtcdMember'));
  const over = (type: string, sources: string[]): NewCondition => {
    const bad = members.flatMap((member) =>
      sources.flatMap((source) => {
        const found = conditionOf(member, source);
        if (found?.status === 'True') return [];
        return [
          {
            status: found?.status ?? 'Unknown',
            line: `* Machine ${member.metadata.name}: ${source}: ${found?.message ?? 'Condition not yet reported'}`,
          },
        ];
      }),
    );
    const status = bad.some((each) => each.status === 'False')
      ? 'False'
      : bad.length > 0 || members.length === 0
        ? 'Unknown'
        : 'True';
    const reason = { True: 'Healthy', False: 'NotHealthy', Unknown: 'HealthUnknown' }[status];
    return { type, status, reason, message: bad.map((each) => each.line).join('\n') };
  };
  return [...(managesEtcd(controlPlane) ? [over('EtcdClusterHealthy', etcd)] : []), over('ControlPlaneComponentsHealthy', pods)];
}

/** Whether etcd keeps its quorum of healthy voting members, if `without` (a node) goes. Unknown etcd has none. */
export function keepsQuorum(seen: ControlPlaneSeen | null, without?: string): boolean {
  if (!seen?.reachable || seen.etcd.error || seen.etcd.members.length === 0) return false;
  const left = seen.etcd.members.filter((member) => member.name !== without);
  if (left.some((member) => member.isLearner)) return false;
  const healthy = left.filter((member) => member.healthy).length;
  return left.length > 0 && healthy >= Math.floor(left.length / 2) + 1;
}

/** Whether some machine other than `without` has all its control-plane components healthy. */
export function someoneServes(machines: readonly MachineObject[], controlPlane: ControlPlaneObject, without?: string): boolean {
  const pods = healthTypes(controlPlane).filter((type) => !type.startsWith('EtcdMember'));
  return machines.some(
    (machine) => machine.metadata.name !== without && pods.every((type) => conditionOf(machine, type)?.status === 'True'),
  );
}
