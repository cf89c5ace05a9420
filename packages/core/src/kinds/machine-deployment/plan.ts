/** What a MachineDeployment does next: deleting? → paused? → revision → sizes → clean up → status. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import { type Action, ownerReference, remove } from '../../runtime/actions.ts';
import type { Because, Env, Plan } from '../../runtime/define-reconciler.ts';
import { refOf } from '../../store/object.ts';
import type { MachineSet } from '../machine-set/kind.ts';
import { changes, withFinalizer, withoutFinalizer } from '../shared/changes.ts';
import { conditionIs, conditionOf, setCondition } from '../shared/conditions.ts';
import { ANNOTATIONS, FINALIZERS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import { machinesBecause, serves } from '../shared/replica-conditions.ts';
import { followDeployment, makeSet, resizeOld } from './desired-set.ts';
import { rolloutGate } from './gate.ts';
import type { DeploymentSeen, SetWithMachines } from './observe.ts';
import { bounds, type Intents, onDelete, type Rollout, rollingUpdate, type SetState } from './rollout.ts';
import { statusOf } from './status.ts';
import { byAge, newSetOf, revisionOf } from './template.ts';

type SetObject = ObjectOf<typeof MachineSet>;

/** The plan of a MachineDeployment. */
export function planDeployment(seen: DeploymentSeen, env: Env): Plan {
  const { deployment, cluster, sets } = seen;
  if (deployment.metadata.deletionTimestamp !== undefined) return planDeletion(seen, env);
  if (isPaused(cluster, deployment)) return planPaused(seen, env);
  const objects = sets.map(({ set }) => set);
  const newSet = newSetOf(deployment, objects, env.now);
  const first = sets.every(({ set }) => set.metadata.deletionTimestamp !== undefined);
  const gate = newSet || first ? (deployment.spec.paused && newSet ? rolloutGate(seen) : null) : rolloutGate(seen);
  const revision = Math.max(0, ...objects.map(revisionOf));
  const { actions, shrinks } = gate ? holdSizes(seen, newSet) : moveSizes(seen, newSet, revision, env);
  const rolledTo = newSet ? revisionOf(newSet) || 1 : gate ? revision : revision + 1;
  return {
    actions: [...actions, ...cleanUp(seen, newSet, gate), ...ownChanges(seen, gate, rolledTo, env)],
    because: gate ?? becauseOf(seen),
    ...wakeForRolloutAfter(seen, env),
    // A shrinking set stands on every machine that was counted as serving: nobody else may have spent it meanwhile.
    ...(shrinks ? { expects: standingOn(sets) } : {}),
  };
}

/** The rollout: the current set is made or grows, old ones shrink. */
function moveSizes(
  seen: DeploymentSeen,
  newSet: SetObject | undefined,
  revision: number,
  env: Env,
): { actions: Action[]; shrinks: boolean } {
  const { deployment } = seen;
  const rollout = rolloutOf(seen, newSet);
  const ondelete = deployment.spec.rollout?.strategy?.type === 'OnDelete';
  const intents: Intents = ondelete ? onDelete(rollout) : rollingUpdate(rollout);
  const most = rollout.replicas + rollout.maxSurge;
  const replicas = intents.get(rollout.newSet.name) ?? rollout.newSet.wanted;
  const objects = seen.sets.map(({ set }) => set);
  const numbers = { replicas, most, revision: newSet ? Math.max(revision, 1) : revision + 1 };
  const forNew = newSet
    ? followDeployment(deployment, newSet, numbers)
    : [makeSet(deployment, objects, numbers, env.suffix).action];
  const forOld = oldSetsOf(seen, newSet).flatMap(({ set }) =>
    resizeOld(deployment, set, intents.get(set.metadata.name) ?? set.spec.replicas ?? 1, most, ondelete),
  );
  const shrinks = rollout.oldSets.some((set) => (intents.get(set.name) ?? set.wanted) < set.wanted);
  return { actions: [...forNew, ...forOld], shrinks };
}

/** No rollout begins: the newest set there is takes up a change of spec.replicas, unless one is under way already. */
function holdSizes(seen: DeploymentSeen, newSet: SetObject | undefined): { actions: Action[]; shrinks: boolean } {
  const { deployment } = seen;
  const replicas = deployment.spec.replicas ?? 1;
  const live = byAge(seen.sets.map(({ set }) => set)).filter((set) => set.metadata.deletionTimestamp === undefined);
  const holder = newSet ?? [...live].sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  if (!holder) return { actions: [], shrinks: false };
  const elsewhere = live.filter((set) => set !== holder).reduce((sum, set) => sum + (set.spec.replicas ?? 1), 0);
  if (newSet && elsewhere > 0) return { actions: [], shrinks: false };
  const { maxSurge } = bounds(replicas, deployment.spec.rollout?.strategy?.rollingUpdate);
  return {
    actions: resizeOld(deployment, holder, Math.max(0, replicas - elsewhere), replicas + maxSurge, false),
    shrinks: false,
  };
}

/** The arithmetic's view. A machine of the new set serves when it is available and its node is at the new version. */
function rolloutOf(seen: DeploymentSeen, newSet: SetObject | undefined): Rollout {
  const { deployment, sets } = seen;
  const replicas = deployment.spec.replicas ?? 1;
  const found = sets.find(({ set }) => set === newSet);
  const state = (
    { set, machines }: SetWithMachines,
    serving: (machine: SetWithMachines['machines'][number]) => boolean,
  ): SetState => ({
    name: set.metadata.name,
    wanted: set.spec.replicas ?? 1,
    current: machines.length,
    available: machines.filter(serving).length,
  });
  return {
    replicas,
    ...bounds(replicas, deployment.spec.rollout?.strategy?.rollingUpdate),
    newSet: found
      ? state(found, (machine) => serves(machine) && conditionIs(machine, 'UpToDate'))
      : { name: '', wanted: 0, current: 0, available: 0 },
    oldSets: oldSetsOf(seen, newSet).map((set) => state(set, serves)),
  };
}

/** Oldest first, without those being deleted. */
function oldSetsOf({ sets }: DeploymentSeen, newSet: SetObject | undefined): SetWithMachines[] {
  const live = sets.filter(({ set }) => set !== newSet && set.metadata.deletionTimestamp === undefined);
  const order = byAge(live.map(({ set }) => set));
  return live.sort((a, b) => order.indexOf(a.set) - order.indexOf(b.set));
}

/** Old sets without machines go once the rollout is complete: there is no rollback to them. */
function cleanUp(seen: DeploymentSeen, newSet: SetObject | undefined, gate: Because | null): Action[] {
  const rollout = rolloutOf(seen, newSet);
  const complete = newSet && !gate && rollout.newSet.wanted === rollout.replicas && rollout.newSet.available >= rollout.replicas;
  if (!complete) return [];
  const empty = oldSetsOf(seen, newSet).filter(({ set, machines }) => machines.length === 0 && set.spec.replicas === 0);
  return empty.map(({ set }) => remove(set));
}

function standingOn(sets: readonly SetWithMachines[]) {
  return sets
    .flatMap(({ machines }) => machines.filter(serves))
    .map((machine) => ({ ref: refOf(machine), resourceVersion: machine.metadata.resourceVersion }));
}

/** Finalizer, owner, revision and status of the deployment itself: one update, or none. */
function ownChanges(seen: DeploymentSeen, gate: Because | null, revision: number, env: Env): Action[] {
  const { deployment, cluster } = seen;
  return changes(deployment, (copy) => {
    copy.metadata.finalizers = withFinalizer(deployment.metadata.finalizers, FINALIZERS.machineDeployment);
    copy.metadata.annotations = { ...deployment.metadata.annotations, [ANNOTATIONS.revision]: String(revision) };
    if (cluster && !deployment.metadata.ownerReferences?.some((owner) => owner.uid === cluster.metadata.uid)) {
      copy.metadata.ownerReferences = [...(deployment.metadata.ownerReferences ?? []), ownerReference(cluster, false)];
    }
    copy.status = statusOf(seen, gate, env);
  });
}

function planDeletion(seen: DeploymentSeen, env: Env): Plan {
  const { deployment, sets } = seen;
  if (sets.length === 0) {
    const done = changes(deployment, (copy) => {
      copy.metadata.finalizers = withoutFinalizer(deployment.metadata.finalizers, FINALIZERS.machineDeployment);
    });
    return { actions: done, because: null };
  }
  const standing = sets.filter(({ set }) => set.metadata.deletionTimestamp === undefined);
  const own = changes(deployment, (copy) => {
    copy.status = statusOf(seen, null, env);
  });
  return {
    actions: [...standing.map(({ set }) => remove(set)), ...own],
    because: {
      sentence: 'Waits for its MachineSets to be deleted',
      since: deployment.metadata.deletionTimestamp!,
      tone: 'waits',
    },
  };
}

function planPaused({ deployment, cluster }: DeploymentSeen, env: Env): Plan {
  const actions = changes(deployment, (copy) => {
    const conditions = setCondition(deployment.status?.conditions, pausedCondition(cluster, deployment), env.now);
    copy.status = { ...deployment.status, conditions };
  });
  const wayOut = 'Set spec.paused of the Cluster to false, or remove the annotation';
  return { actions, because: { sentence: 'Paused', wayOut, tone: 'waits' } };
}

function becauseOf({ sets, deployment }: DeploymentSeen): Because | null {
  for (const { set, machines } of sets) {
    const scaling = conditionOf(set, 'ScalingUp');
    const why = scaling?.message?.split('\n')[1]?.replace(/^\* /, '');
    if (machines.length >= (set.spec.replicas ?? 1) || scaling?.status !== 'True' || !why) continue;
    const sentence = `MachineSet ${set.metadata.name} makes no Machine because ${why}`.slice(0, 160);
    return { sentence, since: scaling.lastTransitionTime, tone: why.includes('not exist') ? 'caution' : 'waits' };
  }
  const machines = sets.flatMap((set) => set.machines);
  const missing = machines.filter(serves).length < (deployment.spec.replicas ?? 1) && machines.length === 0;
  return missing ? { sentence: 'Waits for its MachineSet to make Machines', tone: 'waits' } : machinesBecause(machines);
}

/** Runs the key again when spec.rollout.after comes. */
function wakeForRolloutAfter({ deployment }: DeploymentSeen, env: Env): { wakeAfterSeconds?: number } {
  const after = deployment.spec.rollout?.after;
  const seconds = after === undefined ? 0 : Math.ceil((Date.parse(after) - env.now.getTime()) / 1000);
  return seconds > 0 ? { wakeAfterSeconds: seconds } : {};
}
