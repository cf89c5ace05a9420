/** A Cluster's way out, in Cluster API's order: workers, control plane, infrastructure. */
import { event } from '../../runtime/actions.ts';
import type { KubeObject } from '../../store/object.ts';
import { FINALIZERS } from '../shared/labels.ts';
import { condition, dropFinalizer, waits, wakeAfter } from '../shared/planning.ts';
import { type Seen, standalone, workersOf } from './seen.ts';
import type { ClusterWork } from './status.ts';

/** Looks again after this, should every wake-up be missed. Seconds. */
const LOOK_AGAIN = 30;

/** How many names a wait shows. */
const NAMED = 3;

/** The plan of a Cluster that is being deleted. */
export function deletion(work: ClusterWork, seen: Seen): void {
  const workers = workersOf(seen);
  const first: KubeObject[] = [...seen.healthChecks, ...seen.deployments, ...standalone(seen.sets), ...standalone(workers)];
  const descendants: KubeObject[] = [...seen.healthChecks, ...seen.deployments, ...seen.sets, ...workers];
  if (descendants.length > 0) {
    goes(work, first, descendants, 'WaitingForWorkersDeletion');
    return;
  }
  const masters: KubeObject[] = [...(seen.controlPlane ? [seen.controlPlane] : []), ...seen.machines];
  if (masters.length > 0) {
    const roots = seen.controlPlane ? [seen.controlPlane] : standalone(seen.machines);
    goes(work, roots, masters, 'WaitingForControlPlaneDeletion');
    return;
  }
  if (seen.infrastructure) {
    goes(work, [seen.infrastructure], [seen.infrastructure], 'WaitingForInfrastructureDeletion');
    return;
  }
  condition(work, { type: 'Deleting', status: 'True', reason: 'DeletionCompleted', message: '' });
  dropFinalizer(work.self, FINALIZERS.cluster);
  work.actions.push(event(work.was, 'Normal', 'Deleted', `Cluster ${work.self.metadata.name} has been deleted`));
}

/** Deletes what is not going yet and says for what it waits. */
function goes(work: ClusterWork, roots: KubeObject[], left: KubeObject[], reason: string): void {
  for (const object of roots) if (!object.metadata.deletionTimestamp) work.actions.push({ do: 'delete', was: object });
  const byKind = new Map<string, string[]>();
  for (const { kind, metadata } of left) byKind.set(kind, [...(byKind.get(kind) ?? []), metadata.name]);
  const lines = [...byKind].map(([kind, names]) => {
    const shown = names.sort().slice(0, NAMED).join(', ');
    return `${kind} ${shown}${names.length > NAMED ? ', …' : ''}`;
  });
  wakeAfter(work, LOOK_AGAIN);
  waits(work, { type: 'Deleting', status: 'True', reason, message: `Waiting for deletion of ${lines.join('; ')}` });
}
