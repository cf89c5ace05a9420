/** The Machine's node, as the collector saw it: reference, health, and the labels that a Machine hands to its node. */
import { event } from '../../runtime/actions.ts';
import type { NodeSeen } from '../../runtime/seen.ts';
import type { NewCondition } from '../shared/conditions.ts';
import { because, condition, limitAt, same, shortHash, statusOf, wakeAfter } from '../shared/planning.ts';
import type { MachineWork } from './provided.ts';
import type { MachineObject, Seen } from './seen.ts';

/** How long lost contact leaves the last known health standing (Cluster API: remoteConditionsGracePeriod, 5 minutes). Seconds. */
const GRACE = 300;

/** Kubelet tells of trouble by these, besides Ready. */
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Taken off a node once its labels are synced (Cluster API book, node taints). */
const UNINITIALIZED = 'node.cluster.x-k8s.io/uninitialized';

/** nodeRef, nodeInfo, NodeHealthy and NodeReady. Lost contact is not sickness: it makes them unknown, never false, and late. */
export function node(work: MachineWork, seen: Seen): void {
  const { self } = work;
  const status = statusOf(work);
  if (!self.spec.providerID) {
    const { kind, name } = self.spec.infrastructureRef;
    unknown(work, 'InspectionFailed', `Waiting for ${kind} ${name} to report spec.providerID`);
    return;
  }
  if (!seen.nodes?.reachable) {
    outOfReach(work, seen);
    return;
  }
  const found = nodeOf(self, seen.nodes.nodes);
  if (!found) {
    if (status.nodeRef) {
      const message = `Node ${status.nodeRef.name} has been deleted while the Machine still exists`;
      set(work, { status: 'False', reason: 'NodeDeleted', message });
      because(work, message, { tone: 'fault' });
      return;
    }
    const message = `Waiting for a Node with spec.providerID ${self.spec.providerID} to exist`;
    unknown(work, 'InspectionFailed', message);
    late(work, message);
    return;
  }
  if (status.nodeRef?.name !== found.name) {
    status.nodeRef = { name: found.name };
    work.actions.push(event(work.was, 'Normal', 'SuccessfulSetNodeRef', found.name));
  }
  status.nodeInfo = {
    ...status.nodeInfo,
    kubeletVersion: found.kubeletVersion,
    ...(found.osImage ? { osImage: found.osImage } : {}),
  };
  health(work, found);
  sync(work, seen, found);
}

/** By provider ID; by name only where the node has none yet. */
export function nodeOf(machine: MachineObject, nodes: readonly NodeSeen[]): NodeSeen | undefined {
  const byId = nodes.find((each) => each.providerID !== undefined && each.providerID === machine.spec.providerID);
  return byId ?? nodes.find((each) => !each.providerID && each.name === machine.spec.infrastructureRef.name);
}

function set(work: MachineWork, next: Omit<NewCondition, 'type'>): void {
  condition(work, { type: 'NodeReady', ...next });
  condition(work, { type: 'NodeHealthy', ...next });
}

function unknown(work: MachineWork, reason: string, message: string): void {
  set(work, { status: 'Unknown', reason, message });
}

function outOfReach(work: MachineWork, seen: Seen): void {
  const initialized = seen.cluster?.status?.initialization?.controlPlaneInitialized === true;
  const status = statusOf(work);
  if (!initialized && !status.nodeRef) {
    const message = `Waiting for a Node with spec.providerID ${work.self.spec.providerID} to exist`;
    unknown(work, 'InspectionFailed', message);
    late(work, message);
    return;
  }
  const lost = seen.nodes?.since;
  const grace = lost ? (Date.parse(lost) - work.env.now.getTime()) / 1000 + GRACE : 0;
  if (status.nodeRef && grace > 0) {
    wakeAfter(work, grace);
    return;
  }
  const message = lost ? `The cluster cannot be reached since ${lost}` : 'The cluster has not been reached yet';
  unknown(work, 'ConnectionDown', message);
  because(work, message, { tone: 'caution', ...(lost ? { since: lost } : {}) });
}

/** A node that takes long: said with the time by which it ought to be there. */
function late(work: MachineWork, message: string): void {
  const provisioned = work.self.status?.conditions?.find((each) => each.type === 'InfrastructureReady' && each.status === 'True');
  if (!provisioned) {
    because(work, message);
    return;
  }
  const since = provisioned.lastTransitionTime;
  const at = new Date(Date.parse(since) + work.env.limits.nodeStartupSeconds * 1000);
  const limit = limitAt(at, 'it is late; a MachineHealthCheck may replace it');
  if (at > work.env.now) wakeAfter(work, (at.getTime() - work.env.now.getTime()) / 1000);
  because(work, message, { since, limit, tone: at > work.env.now ? 'waits' : 'caution' });
}

function health(work: MachineWork, found: NodeSeen): void {
  const ready = found.conditions.find(({ type }) => type === 'Ready');
  const message = ready?.message ? `* Node.Ready: ${ready.message}` : '';
  const status = ready?.status === 'True' || ready?.status === 'False' ? ready.status : 'Unknown';
  const reasons = { True: 'NodeReady', False: 'NodeNotReady', Unknown: 'NodeReadyUnknown' } as const;
  condition(work, { type: 'NodeReady', status, reason: reasons[status], message: status === 'True' ? '' : message });
  const pressed = found.conditions.filter(({ type, status }) => PRESSURES.includes(type) && status === 'True');
  const lines = [...(status === 'True' ? [] : [message || '* Node.Ready: Condition not yet reported'])];
  lines.push(...pressed.map((each) => `* Node.${each.type}: ${each.message ?? each.reason ?? 'True'}`));
  const healthy = pressed.length > 0 ? 'False' : status;
  const named = { True: 'NodeHealthy', False: 'NodeNotHealthy', Unknown: 'NodeHealthUnknown' } as const;
  condition(work, { type: 'NodeHealthy', status: healthy, reason: named[healthy], message: lines.join('\n') });
  if (healthy !== 'True')
    because(work, `Node ${found.name}: ${lines[0]!.replace(/^\* /, '')}`, { tone: status === 'True' ? 'caution' : 'waits' });
}

/** Labels a Machine hands to its node, by domain (Cluster API book, metadata propagation). */
export function nodeLabels(labels: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => isNodeLabel(key)));
}

function isNodeLabel(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  const within = (parent: string) => domain === parent || domain.endsWith(`.${parent}`);
  return domain === 'node-role.kubernetes.io' || within('node-restriction.kubernetes.io') || within('node.cluster.x-k8s.io');
}

/** By which a node tells where it comes from, as Cluster API sets them. */
function nodeAnnotations(machine: MachineObject): Record<string, string> {
  const owner = machine.metadata.ownerReferences?.find((each) => each.controller === true);
  const own = Object.entries(machine.metadata.annotations ?? {}).filter(([key]) => key.startsWith('node.cluster.x-k8s.io/'));
  return {
    'cluster.x-k8s.io/cluster-name': machine.spec.clusterName,
    'cluster.x-k8s.io/cluster-namespace': machine.metadata.namespace ?? '',
    'cluster.x-k8s.io/machine': machine.metadata.name,
    ...(owner ? { 'cluster.x-k8s.io/owner-kind': owner.kind, 'cluster.x-k8s.io/owner-name': owner.name } : {}),
    ...Object.fromEntries(own),
  };
}

/** Asks for what the node lacks; not again before a new look at the node has had its chance. */
function sync(work: MachineWork, seen: Seen, found: NodeSeen): void {
  const labels = nodeLabels(work.self.metadata.labels);
  const annotations = nodeAnnotations(work.self);
  const tainted = found.taints.some((taint) => taint.key === UNINITIALIZED);
  if (!tainted && holds(found.labels, labels) && holds(found.annotations, annotations)) return;
  const wanted = `${seen.self.metadata.uid}/${shortHash(JSON.stringify([found.uid, tainted, labels, annotations]))}`;
  const done = seen.operations.filter(
    (each) => each.kind === 'node.sync' && each.id.startsWith(`${wanted}-`) && each.state === 'succeeded',
  );
  const last = done
    .map((each) => each.finishedAt ?? '')
    .sort()
    .at(-1);
  const quiet = last ? Date.parse(last) / 1000 + work.env.limits.sweepSeconds - work.env.now.getTime() / 1000 : 0;
  if (quiet > 0) return;
  const cluster = { namespace: seen.self.metadata.namespace ?? '', name: seen.self.spec.clusterName };
  work.operation ??= {
    do: 'operation',
    id: `${wanted}-${done.length}/sync`,
    operation: { kind: 'node.sync', args: { cluster, node: found.name, labels, annotations } },
  };
}

function holds(have: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([key, value]) => same(have[key], value));
}
