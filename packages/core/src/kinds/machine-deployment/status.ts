/** The status of a MachineDeployment: counts over all its sets' Machines, its phase and its conditions. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Because, Env } from '../../runtime/define-reconciler.ts';
import { selectorText, versionsOf } from '../shared/changes.ts';
import { conditionIs, conditionOf, type NewCondition, setConditions } from '../shared/conditions.ts';
import { pausedCondition } from '../shared/paused.ts';
import {
  counts,
  deletingCondition,
  machinesReadyAndUpToDate,
  remediating,
  scalingDown,
  scalingUp,
} from '../shared/replica-conditions.ts';
import type { MachineDeployment } from './kind.ts';
import type { DeploymentSeen } from './observe.ts';
import { bounds } from './rollout.ts';

type Status = NonNullable<ObjectOf<typeof MachineDeployment>['status']>;

/** The status; `gate` = why a rollout that is due does not begin. */
export function statusOf(seen: DeploymentSeen, gate: Because | null, env: Env): Status {
  const { deployment, cluster, sets } = seen;
  const { spec, metadata } = deployment;
  const machines = sets.flatMap((set) => set.machines);
  const deleting = metadata.deletionTimestamp !== undefined;
  const wanted = spec.replicas ?? 1;
  const counted = counts(machines);
  const conditions = setConditions(
    deployment.status?.conditions,
    [
      availableCondition(seen, counted.availableReplicas),
      ...machinesReadyAndUpToDate(machines),
      rollingOut(seen, gate),
      scalingUp(counted.replicas, wanted, deleting, blockedSets(seen)),
      scalingDown(counted.replicas, wanted, deleting),
      remediating(machines),
      deleting && machines.length === 0 && sets.length > 0
        ? deletingCondition(true, sets.length, 'MachineSet')
        : deletingCondition(deleting, machines.length, 'Machine'),
      pausedCondition(cluster, deployment),
    ],
    env.now,
  );
  return {
    ...deployment.status,
    conditions,
    observedGeneration: metadata.generation,
    selector: selectorText(spec.selector),
    ...counted,
    versions: versionsOf(machines),
    phase: deleting || counted.replicas > wanted ? 'ScalingDown' : counted.replicas < wanted ? 'ScalingUp' : 'Running',
    // v1beta1 readers count by the same conditions.
    deprecated: {
      v1beta1: {
        ...deployment.status?.deprecated?.v1beta1,
        updatedReplicas: counted.upToDateReplicas,
        readyReplicas: counted.readyReplicas,
        availableReplicas: counted.availableReplicas,
        unavailableReplicas: Math.max(0, wanted - counted.availableReplicas),
      },
    },
  };
}

function availableCondition({ deployment }: DeploymentSeen, available: number): NewCondition {
  const { spec, metadata } = deployment;
  const type = 'Available';
  const replicas = spec.replicas ?? 1;
  const rolling = spec.rollout?.strategy?.type !== 'OnDelete';
  const { maxUnavailable } = rolling ? bounds(replicas, spec.rollout?.strategy?.rollingUpdate) : { maxUnavailable: 0 };
  const least = replicas - maxUnavailable;
  if (metadata.deletionTimestamp !== undefined)
    return { type, status: 'False', reason: 'NotAvailable', message: 'Deletion in progress' };
  if (available >= least) return { type, status: 'True', reason: 'Available', message: '' };
  const message = `${available} available replicas, at least ${least} required`;
  return { type, status: 'False', reason: 'NotAvailable', message };
}

function rollingOut({ sets }: DeploymentSeen, gate: Because | null): NewCondition {
  const type = 'RollingOut';
  const outdated = sets.flatMap((set) => set.machines).filter((machine) => conditionIs(machine, 'UpToDate', 'False'));
  if (outdated.length === 0 && !gate) return { type, status: 'False', reason: 'NotRollingOut', message: '' };
  const reasons = new Set(outdated.flatMap((machine) => (conditionOf(machine, 'UpToDate')?.message ?? '').split('\n')));
  const lines = [`Rolling out ${outdated.length} not up-to-date replicas`, ...[...reasons].filter(Boolean).sort()];
  if (gate) lines.push(`* ${gate.sentence}`);
  return { type, status: 'True', reason: 'RollingOut', message: lines.join('\n') };
}

/** What its sets say about machines they may not make. */
function blockedSets({ sets }: DeploymentSeen): string[] {
  const said = sets.flatMap(({ set, machines }) => {
    if (machines.length >= (set.spec.replicas ?? 1)) return [];
    const [, ...why] = (conditionOf(set, 'ScalingUp')?.message ?? '').split('\n');
    return why.map((line) => line.replace(/^\* /, ''));
  });
  return [...new Set(said)];
}
