/** Conditions and counts that MachineSet and MachineDeployment have in common. */
import type { Because } from '../../runtime/define-reconciler.ts';
import type { Condition } from '../../store/object.ts';
import { aggregate, conditionIs, conditionOf, firstCause, type NewCondition } from './conditions.ts';

/** A Machine as counts see it. */
export interface Counted {
  metadata: { name: string; deletionTimestamp?: string };
  status?: { conditions?: Condition[] } | undefined;
}

/** How many of the machines are Ready, Available, UpToDate. */
export function counts(machines: readonly Counted[]) {
  const having = (type: string) => machines.filter((machine) => conditionIs(machine, type)).length;
  return {
    replicas: machines.length,
    readyReplicas: having('Ready'),
    availableReplicas: having('Available'),
    upToDateReplicas: having('UpToDate'),
  };
}

/** Whether a machine serves: available, and not on its way out. */
export function serves(machine: Counted): boolean {
  return machine.metadata.deletionTimestamp === undefined && conditionIs(machine, 'Available');
}

/** ScalingUp: `blocked` says why it does not go on. */
export function scalingUp(current: number, wanted: number, deleting: boolean, blocked: readonly string[]): NewCondition {
  const type = 'ScalingUp';
  const target = deleting ? 0 : wanted;
  if (current >= target) {
    const message = !deleting && blocked.length > 0 ? `Scaling up would be blocked because ${blocked.join(' and ')}` : '';
    return { type, status: 'False', reason: 'NotScalingUp', message };
  }
  const why = blocked.length > 0 ? ` is blocked because:\n${blocked.map((line) => `* ${line}`).join('\n')}` : '';
  return { type, status: 'True', reason: 'ScalingUp', message: `Scaling up from ${current} to ${target} replicas${why}` };
}

/** ScalingDown. */
export function scalingDown(current: number, wanted: number, deleting: boolean): NewCondition {
  const target = deleting ? 0 : wanted;
  if (current <= target) return { type: 'ScalingDown', status: 'False', reason: 'NotScalingDown', message: '' };
  return {
    type: 'ScalingDown',
    status: 'True',
    reason: 'ScalingDown',
    message: `Scaling down from ${current} to ${target} replicas`,
  };
}

/** MachinesReady and MachinesUpToDate. */
export function machinesReadyAndUpToDate(machines: readonly Counted[]): NewCondition[] {
  const reasons = (name: string) => ({ True: name, False: `Not${name}`, Unknown: `${name}Unknown`, empty: 'NoReplicas' });
  return [
    aggregate(machines, 'Ready', 'MachinesReady', reasons('Ready')),
    aggregate(machines, 'UpToDate', 'MachinesUpToDate', reasons('UpToDate')),
  ];
}

/** Remediating: whether machines are marked for the owner to replace. */
export function remediating(machines: readonly Counted[]): NewCondition {
  const marked = machines.filter((machine) => conditionIs(machine, 'OwnerRemediated', 'False'));
  if (marked.length === 0) return { type: 'Remediating', status: 'False', reason: 'NotRemediating', message: '' };
  const { message } = aggregate(marked, 'OwnerRemediated', 'Remediating', { True: '', False: '', Unknown: '', empty: '' });
  return { type: 'Remediating', status: 'True', reason: 'Remediating', message: message ?? '' };
}

/** Deleting. */
export function deletingCondition(deleting: boolean, left: number, noun: string): NewCondition {
  if (!deleting) return { type: 'Deleting', status: 'False', reason: 'NotDeleting', message: '' };
  const message = left === 0 ? 'Deletion completed' : `Deleting ${left} ${noun}${left === 1 ? '' : 's'}`;
  return { type: 'Deleting', status: 'True', reason: 'Deleting', message };
}

/** The longest sentence a person is given. */
const SENTENCE = 160;

/** Why not all machines serve, in the words of the first that does not. null = all do. */
export function machinesBecause(machines: readonly Counted[]): Because | null {
  const waiting = machines.filter((machine) => !serves(machine)).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const [first] = waiting;
  if (!first) return null;
  const ready = conditionOf(first, 'Ready') ?? conditionOf(first, 'Available');
  // The Machine's own row names its objects; here the cause behind them is enough.
  const why = firstCause(ready?.message ?? '').replace(/^InfrastructureReady: Metal3Machine \S+: /, '');
  const more = waiting.length > 1 ? ` and ${waiting.length - 1} more` : '';
  const going = first.metadata.deletionTimestamp === undefined ? 'to become available' : 'to be deleted';
  const sentence = `Waits for Machine ${first.metadata.name}${more} ${going}${why ? `: ${why}` : ''}`;
  return {
    sentence: sentence.length > SENTENCE ? `${sentence.slice(0, SENTENCE - 1)}…` : sentence,
    ...(ready ? { since: ready.lastTransitionTime } : {}),
    tone: 'waits',
  };
}
