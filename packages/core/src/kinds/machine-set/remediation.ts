/** Which unhealthy machines a MachineSet replaces now, and what it says on those that have to wait. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Machine } from '../machine/kind.ts';
import { conditionIs, type NewCondition } from '../shared/conditions.ts';
import { resolveIntOrPercent } from '../shared/fields.ts';
import { ANNOTATIONS } from '../shared/labels.ts';

type MachineObject = ObjectOf<typeof Machine>;

/** What is decided about the unhealthy machines of a set. */
export interface Remediation {
  /** To be deleted now. */
  replace: MachineObject[];
  /** The condition OwnerRemediated of those that wait or go, by machine name. */
  says: Map<string, NewCondition>;
}

/** Marked by a health check, and left to us. */
export function isToBeRemediated(machine: MachineObject): boolean {
  return conditionIs(machine, 'HealthCheckSucceeded', 'False') && conditionIs(machine, 'OwnerRemediated', 'False');
}

/** Decides. `current` = the set is the one its deployment keeps; `blocked` = failed preflight checks. */
export function remediate(
  machines: readonly MachineObject[],
  set: { replicas: number; current: boolean; maxInFlight: number | string | undefined; blocked: readonly string[] },
): Remediation {
  const unhealthy = machines.filter(isToBeRemediated);
  const leaving = unhealthy.filter((machine) => machine.metadata.deletionTimestamp !== undefined);
  const candidates = unhealthy.filter((machine) => machine.metadata.deletionTimestamp === undefined).sort(urgentFirst);
  const says = new Map<string, NewCondition>();
  const say = (machine: MachineObject, reason: string, message: string) =>
    says.set(machine.metadata.name, { type: 'OwnerRemediated', status: 'False', reason, message });
  for (const machine of leaving) say(machine, 'MachineDeleting', 'Machine is deleting');
  if (!set.current) {
    for (const machine of candidates)
      say(machine, 'CannotBeRemediated', "Machine won't be remediated because it is pending removal due to rollout");
    return { replace: [], says };
  }
  if (set.blocked.length > 0) {
    for (const machine of candidates) say(machine, 'RemediationDeferred', set.blocked.map((why) => `* ${why}`).join('\n'));
    return { replace: [], says };
  }
  const budget = budgetOf(set.maxInFlight, set.replicas) - leaving.length;
  const replace = candidates.slice(0, Math.max(0, budget));
  for (const machine of candidates.slice(replace.length)) {
    say(
      machine,
      'RemediationDeferred',
      'Waiting because there are already too many remediations in progress (spec.remediation.maxInFlight)',
    );
  }
  return { replace, says };
}

function budgetOf(maxInFlight: number | string | undefined, replicas: number): number {
  return maxInFlight === undefined ? Number.POSITIVE_INFINITY : resolveIntOrPercent(maxInFlight, replicas, 'up');
}

/** A person's wish first, then the newest. */
function urgentFirst(a: MachineObject, b: MachineObject): number {
  const wished = (machine: MachineObject) => (machine.metadata.annotations?.[ANNOTATIONS.remediateMachine] === undefined ? 1 : 0);
  if (wished(a) !== wished(b)) return wished(a) - wished(b);
  const [x, y] = [a.metadata, b.metadata];
  if (x.creationTimestamp !== y.creationTimestamp) return x.creationTimestamp < y.creationTimestamp ? 1 : -1;
  return x.name < y.name ? -1 : 1;
}
