/** Before a control-plane machine is switched off: its etcd leadership and membership go first, then the hook that holds it. */
import { conditionOf } from '../shared/conditions.ts';
import { ANNOTATIONS } from '../shared/labels.ts';
import { ask, askUntilDone, because, edit, setAnnotation, wakeAfter } from '../shared/planning.ts';
import { CLEANUP_HOOK } from './clone.ts';
import { managesEtcd } from './health.ts';
import type { MachineObject, Seen } from './seen.ts';
import type { ControlPlaneWork } from './status.ts';

/** Between two tries after a failure for good. Seconds. */
const AGAIN = 15;

/** Lets one deleted machine go: the one that waits longest. */
export function cleanUp(work: ControlPlaneWork, seen: Seen): void {
  const going = seen.members
    .map(({ machine }) => machine)
    .filter((machine) => machine.metadata.deletionTimestamp && hasHook(machine));
  const alone = seen.members.length === 1;
  const machine = going.filter((each) => alone || isNext(each)).sort(byDeletion)[0];
  if (!machine) return;
  if (alone || removed(work, seen, machine)) setAnnotation(edit(work, machine), CLEANUP_HOOK, undefined);
}

/** Lets them all go at once: the control plane itself is going, and its etcd with it. */
export function dropHooks(work: ControlPlaneWork, seen: Seen): void {
  for (const { machine } of seen.members) if (hasHook(machine)) setAnnotation(edit(work, machine), CLEANUP_HOOK, undefined);
}

function hasHook(machine: MachineObject): boolean {
  return CLEANUP_HOOK in (machine.metadata.annotations ?? {});
}

/** Drained, and ours is the last hook: other people's hooks may still need the member. */
function isNext(machine: MachineObject): boolean {
  const others = Object.keys(machine.metadata.annotations ?? {}).filter(
    (key) => key.startsWith(ANNOTATIONS.preTerminateHookPrefix) && key !== CLEANUP_HOOK,
  );
  return others.length === 0 && conditionOf(machine, 'Deleting')?.reason === 'WaitingForPreTerminateHook';
}

function byDeletion(a: MachineObject, b: MachineObject): number {
  const key = ({ metadata }: MachineObject) => `${metadata.deletionTimestamp} ${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}

/** Whether the machine's etcd member is gone; else asks for what is next and says so. */
function removed(work: ControlPlaneWork, seen: Seen, machine: MachineObject): boolean {
  if (!managesEtcd(seen.self) || !seen.cluster) return true;
  const node = machine.status?.nodeRef?.name ?? machine.spec.infrastructureRef.name;
  const initialized = work.self.status?.initialization?.controlPlaneInitialized === true;
  const member = seen.health?.etcd.members.find((each) => each.name === node);
  // Never was a node and etcd, which was asked, does not know it: there is nothing to remove.
  if (!machine.status?.nodeRef && (!initialized || (seen.health?.reachable && !member))) return true;
  const cluster = { namespace: seen.cluster.metadata.namespace ?? '', name: seen.cluster.metadata.name };
  const prefix = `${seen.self.metadata.uid}/${machine.metadata.uid}`;
  const say = (doing: string, why: string | undefined): false => {
    wakeAfter(work, AGAIN);
    because(work, `${doing}${why ? `: ${why}` : ''}`, { tone: why ? 'caution' : 'waits' });
    return false;
  };
  if (member?.isLeader) {
    const moved = ask(work, seen.operations, `${prefix}/moveLeader/0`, { kind: 'etcd.moveLeader', args: { cluster, node } });
    // A leader that cannot be moved (it is dead) is removed all the same: etcd elects another.
    if (moved.state === 'asked' && !moved.sentence)
      return say(`Moving etcd's leadership away from Machine ${machine.metadata.name}`, undefined);
    if (moved.state === 'asked') work.operation = null;
  }
  const gone = askUntilDone(
    work,
    seen.operations,
    `${prefix}/removeMember`,
    { kind: 'etcd.removeMember', args: { cluster, node } },
    AGAIN,
  );
  return gone.state === 'succeeded' || say(`Removing the etcd member of Machine ${machine.metadata.name}`, gone.sentence);
}
