/** Which Machine a MachineSet gives up first (Cluster API's deletion score). */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Machine } from '../machine/kind.ts';
import { conditionIs } from '../shared/conditions.ts';
import { ANNOTATIONS } from '../shared/labels.ts';

type MachineObject = ObjectOf<typeof Machine>;

/** How the healthy ones are ordered. Random means that none is preferred. */
export type DeletionPolicy = 'Random' | 'Newest' | 'Oldest';

const SCORES = { deleting: 100, annotated: 80, unhealthy: 50, random: 20, most: 50 } as const;

/** Over ten days an old machine's score comes to two thirds of its bound. */
const AGE_SCALE_SECONDS = 10 * 24 * 3600;

/** Higher goes first. */
export function deletionScore(machine: MachineObject, policy: DeletionPolicy, now: Date): number {
  if (machine.metadata.deletionTimestamp !== undefined) return SCORES.deleting;
  if (machine.metadata.annotations?.[ANNOTATIONS.deleteMachine] !== undefined) return SCORES.annotated;
  if (isUnhealthy(machine)) return SCORES.unhealthy;
  const age = Math.max(0, (now.getTime() - Date.parse(machine.metadata.creationTimestamp)) / 1000);
  const oldest = SCORES.most * (1 - Math.exp(-age / AGE_SCALE_SECONDS));
  if (policy === 'Oldest') return oldest;
  return policy === 'Newest' ? SCORES.most - oldest : SCORES.random;
}

/** No node, or a node or health check that says no. Unknown is not unhealthy: lost contact is not sickness. */
function isUnhealthy(machine: MachineObject): boolean {
  return (
    machine.status?.nodeRef === undefined ||
    conditionIs(machine, 'NodeHealthy', 'False') ||
    conditionIs(machine, 'HealthCheckSucceeded', 'False')
  );
}

/** All machines, those to give up first in front: by score, then those that do not serve, then by name. */
export function inDeletionOrder(machines: readonly MachineObject[], policy: DeletionPolicy, now: Date): MachineObject[] {
  const keyed = machines.map((machine) => ({
    machine,
    score: deletionScore(machine, policy, now),
    serves: conditionIs(machine, 'Available') ? 1 : 0,
  }));
  return keyed
    .sort((a, b) => b.score - a.score || a.serves - b.serves || (a.machine.metadata.name < b.machine.metadata.name ? -1 : 1))
    .map(({ machine }) => machine);
}
