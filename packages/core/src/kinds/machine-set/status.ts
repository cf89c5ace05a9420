/** The status of a MachineSet: counts of its Machines' conditions, and its own. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Env } from '../../runtime/define-reconciler.ts';
import type { Machine } from '../machine/kind.ts';
import { selectorText, versionsOf } from '../shared/changes.ts';
import { setConditions } from '../shared/conditions.ts';
import { pausedCondition } from '../shared/paused.ts';
import {
  counts,
  deletingCondition,
  machinesReadyAndUpToDate,
  remediating,
  scalingDown,
  scalingUp,
} from '../shared/replica-conditions.ts';
import type { MachineSet } from './kind.ts';
import type { SetSeen } from './observe.ts';

type Status = NonNullable<ObjectOf<typeof MachineSet>['status']>;

/** The status for these machines, with their conditions as this plan writes them. */
export function statusOf(
  { set, cluster }: SetSeen,
  machines: readonly ObjectOf<typeof Machine>[],
  blocked: readonly string[],
  env: Env,
): Status {
  const deleting = set.metadata.deletionTimestamp !== undefined;
  const wanted = set.spec.replicas ?? 1;
  const counted = counts(machines);
  const conditions = setConditions(
    set.status?.conditions,
    [
      ...machinesReadyAndUpToDate(machines),
      scalingUp(machines.length, wanted, deleting, blocked),
      scalingDown(machines.length, wanted, deleting),
      remediating(machines),
      deletingCondition(deleting, machines.length, 'Machine'),
      pausedCondition(cluster, set),
    ],
    env.now,
  );
  return {
    ...set.status,
    conditions,
    selector: selectorText(set.spec.selector),
    ...counted,
    versions: versionsOf(machines),
    observedGeneration: set.metadata.generation,
    // v1beta1 readers count by the same conditions.
    deprecated: {
      v1beta1: {
        ...set.status?.deprecated?.v1beta1,
        fullyLabeledReplicas: counted.replicas,
        readyReplicas: counted.readyReplicas,
        availableReplicas: counted.availableReplicas,
      },
    },
  };
}
