/** Judging one machine, pure: healthy, unhealthy, or not yet to be said, and when to look again (Cluster API 2.6). */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { NodeSeen, NodesSeen } from '../../runtime/seen.ts';
import type { Cluster } from '../cluster/kind.ts';
import type { Machine } from '../machine/kind.ts';
import { conditionIs, conditionOf, type WithConditions } from '../shared/conditions.ts';
import { durationOf } from '../shared/durations.ts';
import { ANNOTATIONS, LABELS } from '../shared/labels.ts';
import { DEFAULT_NODE_STARTUP_SECONDS, type MachineHealthCheckSpec } from './kind.ts';

type MachineObject = ObjectOf<typeof Machine>;

/** What a machine is judged by. */
export interface Context {
  cluster: ObjectOf<typeof Cluster> | null;
  checks: MachineHealthCheckSpec['checks'];
  /** What the collector last read; null = it has read nothing. */
  nodes: NodesSeen | null;
  now: Date;
  /** How long a server may take from nothing to a written image, on top of its time to start. */
  provisioningSeconds: number;
}

/** A verdict. `undecided` counts as not healthy, but nobody acts on it. */
export type Verdict =
  | { is: 'healthy' }
  | { is: 'undecided'; nextCheckSeconds?: number }
  | { is: 'unhealthy'; reason: string; message: string };

/** Machines that a person has taken out of the checks; they leave the denominator too. */
export function isExempt(machine: MachineObject): boolean {
  const annotations = machine.metadata.annotations ?? {};
  return annotations[ANNOTATIONS.paused] !== undefined || annotations[ANNOTATIONS.skipRemediation] !== undefined;
}

/** Judges a machine. */
export function judge(machine: MachineObject, context: Context): Verdict {
  if (machine.metadata.deletionTimestamp !== undefined) return { is: 'undecided' };
  if (machine.metadata.annotations?.[ANNOTATIONS.remediateMachine] !== undefined) {
    const message = `Health check failed: marked for remediation via ${ANNOTATIONS.remediateMachine} annotation`;
    return { is: 'unhealthy', reason: 'HasRemediateAnnotation', message };
  }
  const controlPlane = machine.metadata.labels?.[LABELS.controlPlane] !== undefined;
  const initialized = conditionIs(context.cluster as WithConditions | null, 'ControlPlaneInitialized');
  if ((!initialized && !controlPlane) || !conditionIs(context.cluster as WithConditions | null, 'InfrastructureReady')) {
    return { is: 'undecided' };
  }
  // Lost contact is not sickness: what is said of nodes counts only while a live probe says it.
  if (initialized && context.nodes?.reachable !== true) return standing(machine);
  const byMachine = conditionsOver(
    context.checks?.unhealthyMachineConditions,
    machine.status?.conditions,
    'Machine',
    context.now,
  );
  const byNode = judgeNode(machine, context);
  const messages = [...byMachine.messages, ...byNode.messages];
  if (messages.length > 0) {
    const reason = byMachine.messages.length > 0 ? 'UnhealthyMachine' : byNode.reason;
    return { is: 'unhealthy', reason, message: `Health check failed:\n${messages.map((line) => `  * ${line}`).join('\n')}` };
  }
  const next = Math.min(byMachine.next, byNode.next);
  if (Number.isFinite(next)) return { is: 'undecided', nextCheckSeconds: next };
  return byNode.found ? { is: 'healthy' } : { is: 'undecided' };
}

/** Without contact the last verdict stands: the healthy stay so, nobody becomes sick. */
function standing(machine: MachineObject): Verdict {
  return conditionIs(machine, 'HealthCheckSucceeded') ? { is: 'healthy' } : { is: 'undecided' };
}

interface Found {
  messages: string[];
  /** Seconds to the next moment at which something may have lasted too long; Infinity = none. */
  next: number;
}

function judgeNode(machine: MachineObject, context: Context): Found & { reason: string; found: boolean } {
  const name = machine.status?.nodeRef?.name;
  const node = name === undefined ? undefined : context.nodes?.nodes.find((candidate) => candidate.name === name);
  if (node) return { ...nodeConditions(node, context), reason: 'UnhealthyNode', found: true };
  if (name !== undefined && context.nodes?.reachable === true) {
    return { messages: [`Node ${name} has been deleted`], next: Number.POSITIVE_INFINITY, reason: 'NodeDeleted', found: false };
  }
  return { ...startup(machine, context), reason: 'NodeStartupTimeout', found: false };
}

function nodeConditions(node: NodeSeen, context: Context): Found {
  return conditionsOver(context.checks?.unhealthyNodeConditions, node.conditions, 'Node', context.now);
}

type Limits = NonNullable<MachineHealthCheckSpec['checks']>['unhealthyNodeConditions'];

/** Conditions that have had a bad status for longer than they may. */
function conditionsOver(
  limits: Limits,
  conditions: readonly { type: string; status: string; reason?: string; lastTransitionTime: string }[] | undefined,
  of: 'Machine' | 'Node',
  now: Date,
): Found {
  const found: Found = { messages: [], next: Number.POSITIVE_INFINITY };
  for (const { type, status, timeoutSeconds } of limits ?? []) {
    const condition = conditions?.find((candidate) => candidate.type === type && candidate.status === status);
    if (!condition) continue;
    const left = timeoutSeconds - (now.getTime() - Date.parse(condition.lastTransitionTime)) / 1000;
    if (left < 0) {
      const since = `for more than ${durationOf(timeoutSeconds)}`;
      found.messages.push(
        `Condition ${type} on ${of} is reporting status ${status} with reason ${condition.reason ?? ''} ${since}`,
      );
    } else found.next = Math.min(found.next, Math.ceil(left) + 1);
  }
  return found;
}

/**
 * A node has nodeStartupTimeoutSeconds to appear, counted from the latest of: machine made, control plane initialized, cluster and
 * machine infrastructure ready. A bare-metal server whose image is still being written cannot have a node; it gets the time that
 * takes on top, or the default of ten minutes would replace every server for ever before it was ready.
 */
function startup(machine: MachineObject, { cluster, checks, now, provisioningSeconds }: Context): Found {
  const timeout = checks?.nodeStartupTimeoutSeconds ?? DEFAULT_NODE_STARTUP_SECONDS;
  if (timeout === 0) return { messages: [], next: Number.POSITIVE_INFINITY };
  const since = (object: WithConditions | null, type: string) =>
    conditionIs(object, type) ? Date.parse(conditionOf(object, type)!.lastTransitionTime) : 0;
  const from = Math.max(
    Date.parse(machine.metadata.creationTimestamp),
    since(cluster as WithConditions | null, 'ControlPlaneInitialized'),
    since(cluster as WithConditions | null, 'InfrastructureReady'),
    since(machine, 'InfrastructureReady'),
  );
  const allowed = conditionIs(machine, 'InfrastructureReady') ? timeout : timeout + provisioningSeconds;
  const left = allowed - (now.getTime() - from) / 1000;
  if (left >= 0) return { messages: [], next: Math.ceil(left) + 1 };
  return { messages: [`Node failed to report startup in ${durationOf(allowed)}`], next: Number.POSITIVE_INFINITY };
}
