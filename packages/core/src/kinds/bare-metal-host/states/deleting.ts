/** The end of a host: off, then gone. A host that cannot be reached any more is let go all the same. */
import { act } from '../act.ts';
import { HOST_FINALIZER } from '../kind.ts';
import type { HostEvent, Outcome } from '../outcome.ts';
import type { View } from '../view.ts';
import { hasBmc } from '../view.ts';
import { startDeprovisioning } from './moves.ts';

const DELETING: Outcome = { go: 'goto', state: 'deleting' };

/** Where a deletion leads from each state; null = this state's own work comes first, or the deletion has arrived. */
export function onDeletion(view: View): Outcome | null {
  if (view.detached && view.state !== 'deleting') return DELETING;
  switch (view.state) {
    case '':
    case 'unmanaged':
    case 'registering':
      return DELETING;
    case 'provisioning':
    case 'provisioned':
      return startDeprovisioning(view);
    case 'inspecting':
    case 'preparing':
    case 'match profile':
    case 'ready':
    case 'available':
    case 'externally provisioned':
      return { go: 'goto', state: 'powering off before delete' };
    case 'deprovisioning':
    case 'powering off before delete':
    case 'deleting':
      return null;
    default:
      return view.state satisfies never;
  }
}

/** After too many failures, or when nothing can be done at all, the deletion goes on without. */
export function giveUpOnDeletion(view: View, outcome: Outcome): Outcome {
  if (!view.deleting || !['deprovisioning', 'powering off before delete'].includes(view.state)) return outcome;
  if (outcome.go === 'stay' || outcome.go === 'goto') return outcome;
  const failures = outcome.go === 'fail' ? outcome.error.count : 0;
  const stuck = outcome.go === 'wait' && outcome.operation === undefined && outcome.because.tone === 'caution';
  const most = view.limits.deleteTries;
  if (!stuck && failures <= most && tries(view, outcome.operation?.id) <= most) return outcome;
  const left: HostEvent = {
    type: 'Warning',
    reason: view.state === 'deprovisioning' ? 'DeprovisioningGivenUp' : 'PowerOffGivenUp',
    message: `Deleted without ${view.state === 'deprovisioning' ? 'cleaning its disks' : 'switching it off'}: ${outcome.because.sentence}`,
  };
  return { go: 'goto', state: view.state === 'deprovisioning' ? 'powering off before delete' : 'deleting', events: [left] };
}

function tries(view: View, id: string | undefined): number {
  return id === undefined ? 0 : (view.operation(id)?.attempts ?? 0);
}

/** powering off before delete: nobody will be able to switch it off afterwards. */
export function poweringOff(view: View): Outcome {
  if (!hasBmc(view) || view.host.spec.disablePowerOff) return DELETING;
  return (
    act(view, {
      id: 'delete/off',
      spec: { kind: 'bmc.power', args: { on: false } },
      step: 'power-off',
      says: 'The server is being switched off before it is deleted.',
      errorType: 'power management error',
      onFinal: (failure) => ({
        go: 'goto',
        state: 'deleting',
        events: [{ type: 'Warning', reason: 'PowerOffGivenUp', message: `Deleted without switching it off: ${failure.message}` }],
      }),
    }) ?? DELETING
  );
}

/** deleting: the finalizer goes, and with it the host. */
export function deleting(view: View): Outcome {
  if (!view.deleting) return { go: 'goto', state: 'registering' };
  return {
    go: 'stay',
    change: (host) => {
      host.metadata.finalizers = (host.metadata.finalizers ?? []).filter((finalizer) => finalizer !== HOST_FINALIZER);
    },
  };
}
