/** What a MachineHealthCheck does next: paused? → judge → short circuit → mark → status. It never deletes: a machine's owner does. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import { type Action, event, ownerReference } from '../../runtime/actions.ts';
import type { Because, Env, Plan } from '../../runtime/define-reconciler.ts';
import type { Machine } from '../machine/kind.ts';
import { changes } from '../shared/changes.ts';
import { conditionIs, conditionOf, dropCondition, type NewCondition, setCondition, setConditions } from '../shared/conditions.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import type { CheckSeen } from './observe.ts';
import { type Allowance, allowance } from './short-circuit.ts';
import { type Context, isExempt, judge, type Verdict } from './targets.ts';

type MachineObject = ObjectOf<typeof Machine>;

interface Judged {
  machine: MachineObject;
  verdict: Verdict;
}

/** Machines marked in one plan: each is two actions, and a plan has a bound. */
const MARKED_AT_ONCE = 80;

/** The plan of a MachineHealthCheck. */
export function planCheck(seen: CheckSeen, env: Env): Plan {
  const { check, cluster } = seen;
  if (check.metadata.deletionTimestamp !== undefined) return { actions: [], because: null };
  if (isPaused(cluster, check)) return planPaused(seen, env);
  const context: Context = {
    cluster,
    checks: check.spec.checks,
    nodes: seen.nodes,
    now: env.now,
    provisioningSeconds: env.limits.agentBootSeconds + env.limits.deploySeconds,
  };
  const targets = seen.machines
    .filter((machine) => !isExempt(machine))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const judged = targets.map((machine): Judged => ({ machine, verdict: judge(machine, context) }));
  const healthy = judged.filter(({ verdict }) => verdict.is === 'healthy').length;
  const allowed = allowance(check.spec.remediation, judged.length, healthy);
  const marks = judged.flatMap((target) => mark(seen, target, allowed, env)).slice(0, 2 * MARKED_AT_ONCE);
  const next = Math.min(
    ...judged.map(({ verdict }) => (verdict.is === 'undecided' ? (verdict.nextCheckSeconds ?? Infinity) : Infinity)),
  );
  return {
    actions: [...marks, ...restricted(seen, judged, allowed), ...ownChanges(seen, judged, healthy, allowed, env)],
    because: becauseOf(judged, allowed),
    ...(Number.isFinite(next) ? { wakeAfterSeconds: next } : {}),
  };
}

/** The conditions of one machine. Where remediation is not allowed the verdict is shown, but its owner is not asked to act. */
function mark(seen: CheckSeen, { machine, verdict }: Judged, { allowed }: Allowance, env: Env): Action[] {
  if (verdict.is === 'undecided') return [];
  const before = machine.status?.conditions;
  let after = setCondition(before, healthCondition(verdict), env.now);
  if (verdict.is === 'healthy') after = dropCondition(after, 'OwnerRemediated');
  const external = seen.check.spec.remediation?.templateRef;
  if (verdict.is === 'unhealthy' && allowed) {
    const owner = conditionOf(machine, 'OwnerRemediated');
    if (external) after = setCondition(after, noTemplate(external), env.now);
    else if (!owner || owner.status === 'True') after = setCondition(after, WAITING, env.now);
  }
  const marked = verdict.is === 'unhealthy' && allowed && after.some(isAsked) && !before?.some(isAsked);
  const update = changes(machine, (copy) => {
    if (after !== before) copy.status = { ...copy.status, conditions: after };
  });
  const { namespace, name } = machine.metadata;
  const by = `${seen.check.metadata.namespace}/${seen.check.metadata.name}`;
  const message = `Machine ${namespace}/${name} has been marked as unhealthy by ${by}`;
  return marked ? [...update, event(machine, 'Normal', 'MachineMarkedUnhealthy', message)] : update;
}

/** Asks the owner (MachineSet or KubeadmControlPlane) to replace the machine. */
const WAITING: NewCondition = {
  type: 'OwnerRemediated',
  status: 'False',
  reason: 'WaitingForRemediation',
  message: 'Waiting for remediation',
};

function isAsked({ type, status }: { type: string; status: string }): boolean {
  return type === 'OwnerRemediated' && status === 'False';
}

function healthCondition(verdict: Exclude<Verdict, { is: 'undecided' }>): NewCondition {
  const type = 'HealthCheckSucceeded';
  return verdict.is === 'healthy'
    ? { type, status: 'True', reason: type, message: '' }
    : { type, status: 'False', reason: verdict.reason, message: verdict.message };
}

/** External remediation asks for a kind that is not served here; the machine is left alone rather than replaced against the wish. */
function noTemplate({ kind, name }: { kind: string; name: string }): NewCondition {
  return {
    type: 'ExternallyRemediated',
    status: 'False',
    reason: 'RemediationTemplateNotFound',
    message: `${kind} ${name} cannot be used: external remediation is not supported`,
  };
}

/** Upstream's event: when a machine becomes unhealthy, or the numbers change while one is. */
function restricted({ check }: CheckSeen, judged: readonly Judged[], { allowed, message }: Allowance): Action[] {
  const unhealthy = judged.filter(({ verdict }) => verdict.is === 'unhealthy');
  if (allowed || unhealthy.length === 0) return [];
  const said = conditionOf(check, 'RemediationAllowed')?.message === message;
  const known = unhealthy.every(({ machine }) => conditionIs(machine, 'HealthCheckSucceeded', 'False'));
  return said && known ? [] : [event(check, 'Warning', 'RemediationRestricted', message)];
}

function ownChanges(
  { check, cluster }: CheckSeen,
  judged: readonly Judged[],
  healthy: number,
  allowed: Allowance,
  env: Env,
): Action[] {
  const remediation: NewCondition = allowed.allowed
    ? { type: 'RemediationAllowed', status: 'True', reason: 'RemediationAllowed', message: '' }
    : { type: 'RemediationAllowed', status: 'False', reason: 'TooManyUnhealthy', message: allowed.message };
  return changes(check, (copy) => {
    if (cluster && !check.metadata.ownerReferences?.some((owner) => owner.uid === cluster.metadata.uid)) {
      copy.metadata.ownerReferences = [...(check.metadata.ownerReferences ?? []), ownerReference(cluster, false)];
    }
    copy.status = {
      ...check.status,
      conditions: setConditions(check.status?.conditions, [remediation, pausedCondition(cluster, check)], env.now),
      expectedMachines: judged.length,
      currentHealthy: healthy,
      remediationsAllowed: allowed.remediationsAllowed,
      observedGeneration: check.metadata.generation,
      targets: judged.map(({ machine }) => machine.metadata.name),
    };
  });
}

function planPaused({ check, cluster }: CheckSeen, env: Env): Plan {
  const actions = changes(check, (copy) => {
    copy.status = {
      ...check.status,
      conditions: setCondition(check.status?.conditions, pausedCondition(cluster, check), env.now),
    };
  });
  const wayOut = 'Set spec.paused of the Cluster to false, or remove the annotation';
  return { actions, because: { sentence: 'Paused', wayOut, tone: 'waits' } };
}

function becauseOf(judged: readonly Judged[], allowed: Allowance): Because | null {
  const unhealthy = judged.filter(({ verdict }) => verdict.is === 'unhealthy');
  const [first] = unhealthy;
  if (!first) return null;
  if (!allowed.allowed) {
    return {
      sentence: 'Leaves the unhealthy machines alone: too many at once point to a switch, a power feed or the network',
      wayOut: 'Look for a common cause; remediation goes on by itself once few enough are unhealthy',
      tone: 'caution',
    };
  }
  const more = unhealthy.length > 1 ? ` and ${unhealthy.length - 1} more` : '';
  return { sentence: `Waits for the owner of Machine ${first.machine.metadata.name}${more} to replace it`, tone: 'waits' };
}
