/** Whether a Machine is what its deployment asks for. Its node's kubelet has the last word (DESIGN section 4, Images). */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Machine } from '../machine/kind.ts';
import { conditionOf, type NewCondition } from '../shared/conditions.ts';

type MachineObject = ObjectOf<typeof Machine>;

/** The condition UpToDate of a machine. `outdated` = why its set is not the current one; undefined = it is. */
export function upToDate(machine: MachineObject, outdated: string | undefined): NewCondition {
  const type = 'UpToDate';
  if (outdated !== undefined) return { type, status: 'False', reason: 'NotUpToDate', message: outdated };
  const wanted = machine.spec.version;
  const found = machine.status?.nodeInfo?.kubeletVersion;
  if (wanted === undefined || found === wanted) return { type, status: 'True', reason: 'UpToDate', message: '' };
  if (found !== undefined) {
    return { type, status: 'False', reason: 'NotUpToDate', message: `* Node runs kubelet ${found}, ${wanted} required` };
  }
  const before = conditionOf(machine, type);
  // Contact lost after the node had spoken: what it said then still stands.
  if (before?.status === 'True') return { type, status: 'True', reason: 'UpToDate', message: '' };
  return { type, status: 'Unknown', reason: 'UpToDateUnknown', message: 'Waiting for the node to report its kubelet version' };
}
