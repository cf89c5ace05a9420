/** The map state → handler: all that a host does, as pure functions (Metal3's state machine, see DESIGN section 3). */
import { contact } from './contact.ts';
import type { Outcome } from './outcome.ts';
import { begin, registering, unmanaged } from './states/begin.ts';
import { deleting, giveUpOnDeletion, onDeletion, poweringOff } from './states/deleting.ts';
import { inspecting, preparing } from './states/intake.ts';
import { deprovisioning, provisioning } from './states/provisioning.ts';
import { available, externallyProvisioned, provisioned } from './states/rest.ts';
import type { HostState } from './status.ts';
import { hasBmc, type View } from './view.ts';

/** What each state does, once the BMC is known to be ours. */
export const STATES: Readonly<Record<HostState, (view: View) => Outcome>> = {
  '': begin,
  unmanaged,
  registering,
  inspecting,
  'match profile': () => ({ go: 'goto', state: 'preparing' }),
  preparing,
  ready: available,
  available,
  provisioning,
  provisioned,
  'externally provisioned': externallyProvisioned,
  deprovisioning,
  'powering off before delete': poweringOff,
  deleting,
};

/** States in which nobody talks to a BMC. */
const WITHOUT_BMC: readonly HostState[] = ['', 'unmanaged', 'deleting', 'match profile'];

/** States in which a host may be detached: nothing is half done in them. */
const DETACHABLE: readonly HostState[] = ['provisioned', 'externally provisioned', 'ready', 'available'];

/** Decides what a host does next. */
export function decide(view: View): Outcome {
  if (view.deleting) {
    const leads = onDeletion(view);
    if (leads) return leads;
  }
  if (isDetached(view)) return { go: 'stay' };
  const talks = !WITHOUT_BMC.includes(view.state) && hasBmc(view);
  if (talks) {
    const not = contact(view);
    if (not) return giveUpOnDeletion(view, not);
  }
  return giveUpOnDeletion(view, STATES[view.state](view));
}

/** Whether we keep our hands off this host, because the annotation says so and its state allows it. */
export function isDetached(view: View): boolean {
  return view.detached && DETACHABLE.includes(view.state);
}
