/** What a MachineSet does next: deleting? → paused? → machines in place → remediation → scale → status. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import { type Action, event, ownerReference, remove, update } from '../../runtime/actions.ts';
import type { Because, Env, Plan } from '../../runtime/define-reconciler.ts';
import type { Machine } from '../machine/kind.ts';
import { currentSetOf, newSetOf, sameRevision } from '../machine-deployment/template.ts';
import { changes, withFinalizer, withoutFinalizer } from '../shared/changes.ts';
import { setCondition } from '../shared/conditions.ts';
import { ANNOTATIONS, FINALIZERS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import { same } from '../shared/planning.ts';
import { machinesBecause } from '../shared/replica-conditions.ts';
import { inDeletionOrder } from './deletion-order.ts';
import { followMetadata, followTemplate, makeMachine, missingTemplates } from './machines.ts';
import type { SetSeen } from './observe.ts';
import { failedChecks } from './preflight.ts';
import { type Remediation, remediate } from './remediation.ts';
import { statusOf } from './status.ts';
import { upToDate } from './up-to-date.ts';

type MachineObject = ObjectOf<typeof Machine>;

/** Machines made in one plan: each is four actions, and a plan has a bound. The rest follows at once. */
const MADE_AT_ONCE = 40;

/** Machines deleted in one plan, with their events. */
const DELETED_AT_ONCE = 80;

/** The plan of a MachineSet. */
export function planSet(seen: SetSeen, env: Env): Plan {
  const { set, cluster } = seen;
  if (set.metadata.deletionTimestamp !== undefined) return planDeletion(seen, env);
  if (isPaused(cluster, set)) return planPaused(seen, env);
  const blocked = blockedBy(seen);
  const outdated = outdatedBecause(seen, env);
  const remediation = remediate(seen.machines, {
    replicas: set.spec.replicas ?? 1,
    current: isCurrent(seen, env),
    maxInFlight: seen.deployment?.spec.remediation?.maxInFlight,
    blocked,
  });
  const scale = planScale(seen, env, blocked);
  const leaving = new Map([...remediation.replace, ...scale.remove].map((machine) => [machine.metadata.name, machine]));
  const machines = seen.machines.map((machine) => synced(seen, machine, remediation, outdated, env));
  const others: Action[] = [
    ...seen.orphans.flatMap((machine) => adopt(seen, machine)),
    ...[...leaving.values()].flatMap((machine) => [
      remove(machine),
      event(set, 'Normal', 'SuccessfulDelete', `Deleted Machine "${machine.metadata.name}"`),
    ]),
    ...seen.machines.flatMap((was, index) =>
      leaving.has(was.metadata.name) || same(was, machines[index])
        ? []
        : [{ do: 'update', was, object: machines[index]! } as Action],
    ),
    ...seen.clones.flatMap((clone) => followMetadata(set, clone)),
  ];
  const own = ownChanges(seen, machines, blocked, env);
  return {
    actions: [...bounded(others, scale.make, env.limits.actionsPerPlan - own.length), ...own],
    because: becauseOf(seen, blocked),
    ...(blocked.length > 0 && isWaiting(seen, remediation) ? { wakeAfterSeconds: env.limits.preflightSeconds } : {}),
  };
}

/** Whether there is something that blocked checks hold up. */
function isWaiting({ set, machines }: SetSeen, { says }: Remediation): boolean {
  return machines.length < (set.spec.replicas ?? 1) || says.size > 0;
}

/** Why no machine may be made now. */
function blockedBy(seen: SetSeen): string[] {
  const { set, cluster, controlPlane, templates } = seen;
  if (!cluster) return [`Cluster ${set.spec.clusterName} does not exist`];
  if (cluster.metadata.deletionTimestamp !== undefined) return [`Cluster ${cluster.metadata.name} is deleting`];
  const missing = missingTemplates(set, templates);
  const annotations = set.metadata.annotations?.[ANNOTATIONS.skipPreflightChecks]
    ? set.metadata.annotations
    : templates.bootstrap?.metadata.annotations;
  return [
    ...(missing.length > 0 ? [`${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not exist`] : []),
    ...(set.metadata.annotations?.[ANNOTATIONS.disableMachineCreate] !== undefined
      ? [`the annotation ${ANNOTATIONS.disableMachineCreate} is set`]
      : []),
    ...failedChecks(controlPlane, set.spec.template.spec, annotations),
  ];
}

/** Whether this is the set that its deployment keeps machines in, for now. */
function isCurrent({ set, deployment, siblings }: SetSeen, env: Env): boolean {
  return !deployment || currentSetOf(deployment, siblings, env.now)?.metadata.uid === set.metadata.uid;
}

/** Why this set's machines are not what its deployment asks for; undefined = they are. */
function outdatedBecause({ set, deployment, siblings }: SetSeen, env: Env): string | undefined {
  if (!deployment) return undefined;
  const fresh = newSetOf(deployment, siblings, env.now);
  if (fresh?.metadata.uid === set.metadata.uid) return undefined;
  const [was, is] = [set.spec.template.spec, deployment.spec.template.spec];
  if (was.version !== is.version) return `* Version ${was.version ?? 'unset'}, ${is.version ?? 'unset'} required`;
  return sameRevision(set.spec.template, deployment.spec.template)
    ? '* MachineDeployment spec.rollout.after has passed'
    : "* The MachineDeployment's template has changed";
}

function planScale(seen: SetSeen, env: Env, blocked: readonly string[]): { make: Action[][]; remove: MachineObject[] } {
  const { set, machines } = seen;
  const difference = machines.length + seen.orphans.length - (set.spec.replicas ?? 1);
  if (difference > 0) {
    const first = inDeletionOrder(machines, set.spec.deletion?.order ?? 'Random', env.now).slice(0, difference);
    return {
      make: [],
      remove: first.filter((machine) => machine.metadata.deletionTimestamp === undefined).slice(0, DELETED_AT_ONCE),
    };
  }
  if (difference === 0 || blocked.length > 0) return { make: [], remove: [] };
  const taken = new Set(machines.map((machine) => machine.metadata.name));
  const make: Action[][] = [];
  for (let left = Math.min(-difference, MADE_AT_ONCE); left > 0; left--) {
    const made = makeMachine(set, seen.templates, env.suffix, taken);
    taken.add(made.name);
    make.push(made.actions);
  }
  return { make, remove: [] };
}

/** A machine as it should be: metadata and settings of the template, and what this set has to say on it. */
function synced(
  seen: SetSeen,
  machine: MachineObject,
  remediation: Remediation,
  outdated: string | undefined,
  env: Env,
): MachineObject {
  const copy = structuredClone(machine);
  if (machine.metadata.deletionTimestamp === undefined) followTemplate(seen.set, machine)(copy);
  let conditions = setCondition(copy.status?.conditions, upToDate(machine, outdated), env.now);
  const says = remediation.says.get(machine.metadata.name);
  if (says) conditions = setCondition(conditions, says, env.now);
  if (conditions !== copy.status?.conditions) copy.status = { ...copy.status, conditions };
  return copy;
}

function adopt({ set }: SetSeen, machine: MachineObject): Action[] {
  return [
    update(machine, (copy) => {
      copy.metadata.ownerReferences = [...(copy.metadata.ownerReferences ?? []), ownerReference(set, true)];
    }),
    event(set, 'Normal', 'SuccessfulAdopt', `Adopted Machine "${machine.metadata.name}"`),
  ];
}

/** Finalizer, owner and status of the set itself: one update, or none. */
function ownChanges(seen: SetSeen, machines: readonly MachineObject[], blocked: readonly string[], env: Env): Action[] {
  const { set, cluster, deployment } = seen;
  return changes(set, (copy) => {
    copy.metadata.finalizers = withFinalizer(set.metadata.finalizers, FINALIZERS.machineSet);
    // A set without a deployment belongs to its cluster.
    if (!deployment && cluster && !set.metadata.ownerReferences?.some((owner) => owner.uid === cluster.metadata.uid)) {
      copy.metadata.ownerReferences = [...(set.metadata.ownerReferences ?? []), ownerReference(cluster, false)];
    }
    copy.status = statusOf(seen, machines, blocked, env);
  });
}

function planDeletion(seen: SetSeen, env: Env): Plan {
  const { set, machines } = seen;
  if (machines.length === 0) {
    const done = changes(set, (copy) => {
      copy.metadata.finalizers = withoutFinalizer(set.metadata.finalizers, FINALIZERS.machineSet);
    });
    return { actions: done, because: null };
  }
  const standing = machines.filter((machine) => machine.metadata.deletionTimestamp === undefined);
  const own = changes(set, (copy) => {
    copy.status = statusOf(seen, machines, [], env);
  });
  return {
    actions: [...standing.slice(0, DELETED_AT_ONCE).map((machine) => remove(machine)), ...own],
    because: {
      sentence: `Waits for its Machines to be deleted, ${first(machines)} first`,
      since: set.metadata.deletionTimestamp!,
      tone: 'waits',
    },
  };
}

function planPaused({ set, cluster }: SetSeen, env: Env): Plan {
  const actions = changes(set, (copy) => {
    copy.status = { ...copy.status, conditions: setCondition(set.status?.conditions, pausedCondition(cluster, set), env.now) };
  });
  return {
    actions,
    because: { sentence: 'Paused', wayOut: 'Set spec.paused of the Cluster to false, or remove the annotation', tone: 'waits' },
  };
}

function becauseOf(seen: SetSeen, blocked: readonly string[]): Because | null {
  const { set, machines } = seen;
  const [why] = blocked;
  if (why === undefined || machines.length >= (set.spec.replicas ?? 1)) return machinesBecause(machines);
  const absent = why.includes('not exist');
  return {
    sentence: `Makes no Machine because ${why}`.slice(0, 160),
    tone: absent ? 'caution' : 'waits',
    ...(absent ? { wayOut: 'Create what is missing, or name another in the template' } : {}),
  };
}

function first(machines: readonly MachineObject[]): string {
  return [...machines.map((machine) => machine.metadata.name)].sort()[0] ?? '';
}

/** The bound of a plan; a machine is made whole or not at all. What is left out follows with the wake-up of what was written. */
function bounded(others: readonly Action[], make: readonly Action[][], most: number): Action[] {
  const actions = others.slice(0, most);
  for (const machine of make) if (actions.length + machine.length <= most) actions.push(...machine);
  return actions;
}
