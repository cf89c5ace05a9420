/** A Machine's way out, in Cluster API's order: hooks, drain, hooks, infrastructure, bootstrap, node. Each wait says what it is for. */
import { event } from '../../runtime/actions.ts';
import { kubeTime } from '../../store/object.ts';
import { conditionOf } from '../shared/conditions.ts';
import { ANNOTATIONS, FINALIZERS } from '../shared/labels.ts';
import {
  ask,
  askUntilDone,
  condition,
  dropFinalizer,
  limitAt,
  statusOf,
  type Waiting,
  waits,
  wakeAfter,
} from '../shared/planning.ts';
import type { MachineWork } from './provided.ts';
import type { Provided, Seen } from './seen.ts';

/** Between two tries of a drain that failed for good (Cluster API: 20 s), and of waits that nothing wakes. Seconds. */
const DRAIN_AGAIN = 20;
const LOOK_AGAIN = 30;

/** Why a step is not over yet; null = it is. */
type Wait = { reason: string; message: string; more?: Waiting } | null;

/** The plan of a Machine that is being deleted. */
export function deletion(work: MachineWork, seen: Seen): void {
  const withNode = nodeMatters(seen);
  const steps: ((work: MachineWork, seen: Seen) => Wait)[] = [
    ...(withNode ? [preDrainHooks, drain] : []),
    preTerminateHooks,
    infrastructure,
    bootstrap,
    ...(withNode ? [deleteNode] : []),
  ];
  for (const step of steps) {
    const wait = step(work, seen);
    if (!wait) continue;
    const { reason, message, more = {} } = wait;
    waits(work, { type: 'Deleting', status: 'True', reason, message }, more);
    return;
  }
  condition(work, { type: 'Deleting', status: 'True', reason: 'DeletionCompleted', message: '' });
  dropFinalizer(work.self, FINALIZERS.machine);
}

/** Draining and deleting the node make no sense for a cluster that goes as a whole, or without a node. */
function nodeMatters(seen: Seen): boolean {
  const { cluster, controlPlane, self } = seen;
  if (!cluster || cluster.metadata.deletionTimestamp || controlPlane?.metadata.deletionTimestamp) return false;
  if (!cluster.spec.controlPlaneRef && !seen.controlPlaneLeft) return false;
  return self.status?.nodeRef !== undefined;
}

function hooksOf(seen: Seen, prefix: string): string[] {
  return Object.keys(seen.self.metadata.annotations ?? {})
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length + 1) || key)
    .sort();
}

function preDrainHooks(work: MachineWork, seen: Seen): Wait {
  const hooks = hooksOf(seen, ANNOTATIONS.preDrainHookPrefix);
  if (hooks.length === 0) return null;
  const status = statusOf(work);
  status.deletion = {
    ...status.deletion,
    waitForPreDrainHookStartTime: status.deletion?.waitForPreDrainHookStartTime ?? kubeTime(work.env.now),
  };
  return { reason: 'WaitingForPreDrainHook', message: `Waiting for pre-drain hooks to succeed (hooks: ${hooks.join(',')})` };
}

function drain(work: MachineWork, seen: Seen): Wait {
  const status = statusOf(work);
  const node = status.nodeRef!.name;
  const infrastructureGoes = !seen.infrastructure || seen.infrastructure.metadata.deletionTimestamp !== undefined;
  const excluded = ANNOTATIONS.excludeNodeDraining in (seen.self.metadata.annotations ?? {});
  if (excluded || infrastructureGoes || status.deletion?.waitForPreTerminateHookStartTime) return null;
  const start = status.deletion?.nodeDrainStartTime ?? kubeTime(work.env.now);
  status.deletion = { ...status.deletion, nodeDrainStartTime: start };
  const timeout = seen.self.spec.deletion?.nodeDrainTimeoutSeconds ?? 0;
  const end = timeout > 0 ? new Date(Date.parse(start) + timeout * 1000) : null;
  if (end && end <= work.env.now) return null;
  const cluster = clusterOf(seen);
  const prefix = `${seen.self.metadata.uid}/drain`;
  const stands = askUntilDone(work, seen.operations, prefix, { kind: 'node.drain', args: { cluster, node } }, DRAIN_AGAIN);
  if (stands.state === 'succeeded') {
    if (conditionOf(seen.self, 'Deleting')?.reason === 'DrainingNode') {
      work.actions.push(event(work.was, 'Normal', 'SuccessfulDrainNode', `success draining Machine's node "${node}"`));
    }
    return null;
  }
  if (end) wakeAfter(work, (end.getTime() - work.env.now.getTime()) / 1000);
  const message = `Draining Node ${node} since ${start}${stands.sentence ? `: ${stands.sentence}` : ''}`;
  return {
    reason: 'DrainingNode',
    message,
    more: {
      since: start,
      tone: stands.sentence ? 'caution' : 'waits',
      wayOut: `To skip draining, annotate the Machine with ${ANNOTATIONS.excludeNodeDraining}.`,
      ...(end ? { limit: limitAt(end, 'the machine goes without being drained') } : {}),
    },
  };
}

function preTerminateHooks(work: MachineWork, seen: Seen): Wait {
  const hooks = hooksOf(seen, ANNOTATIONS.preTerminateHookPrefix);
  if (hooks.length === 0) return null;
  const status = statusOf(work);
  const start = status.deletion?.waitForPreTerminateHookStartTime ?? kubeTime(work.env.now);
  status.deletion = { ...status.deletion, waitForPreTerminateHookStartTime: start };
  const message = `Waiting for pre-terminate hooks to succeed (hooks: ${hooks.join(',')})`;
  return { reason: 'WaitingForPreTerminateHook', message, more: { since: start } };
}

function infrastructure(work: MachineWork, seen: Seen): Wait {
  return goes(work, seen.infrastructure, 'WaitingForInfrastructureDeletion');
}

function bootstrap(work: MachineWork, seen: Seen): Wait {
  return goes(work, seen.bootstrap, 'WaitingForBootstrapDeletion');
}

/** Deletes an object of this Machine and waits until it is gone. One that belongs to somebody else is left alone. */
function goes(work: MachineWork, object: Provided | null, reason: string): Wait {
  if (!object?.metadata.ownerReferences?.some((owner) => owner.uid === work.self.metadata.uid)) return null;
  if (!object.metadata.deletionTimestamp) work.actions.push({ do: 'delete', was: object });
  wakeAfter(work, LOOK_AGAIN);
  const why = conditionOf(object, 'Ready');
  const detail = why?.reason === 'Deleting' && why.message ? `: ${why.message}` : '';
  return { reason, message: `Waiting for ${object.kind} ${object.metadata.name} to be deleted${detail}` };
}

function deleteNode(work: MachineWork, seen: Seen): Wait {
  const node = work.self.status!.nodeRef!.name;
  const id = `${seen.self.metadata.uid}/node/delete`;
  const known = seen.operations.find((operation) => operation.id === id);
  const timeout = seen.self.spec.deletion?.nodeDeletionTimeoutSeconds ?? 10;
  const late = known && timeout > 0 && Date.parse(known.createdAt) + timeout * 1000 <= work.env.now.getTime();
  const stands = ask(work, seen.operations, id, { kind: 'node.delete', args: { cluster: clusterOf(seen), node } });
  if (stands.state === 'succeeded') return null;
  if (late || stands.state === 'failed') {
    work.operation = null;
    const error = known?.error?.message ?? 'no answer';
    work.actions.push(event(work.was, 'Warning', 'FailedDeleteNode', `error deleting Machine's node ${node}: ${error}`));
    return null;
  }
  if (timeout > 0) wakeAfter(work, timeout);
  return { reason: 'DeletingNode', message: `Deleting Node ${node}${stands.sentence ? `: ${stands.sentence}` : ''}` };
}

function clusterOf(seen: Seen) {
  return { namespace: seen.self.metadata.namespace ?? '', name: seen.self.spec.clusterName };
}
