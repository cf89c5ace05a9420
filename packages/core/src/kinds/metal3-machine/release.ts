/** Giving a host back: take the image away, wait until the host is clean and available, then let go. */
import type { BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { condition, dropFinalizer, edit, setLabel, waits, wakeAfter } from '../shared/planning.ts';
import { keyOf, type MachineWork } from './bind.ts';
import { consumerOf } from './host-facts.ts';
import { METAL3_MACHINE_FINALIZER } from './kind.ts';
import type { Seen } from './seen.ts';

/** States in which nothing of a machine is left on a host, or the host has never been ours. */
const CLEAN = new Set(['', 'unmanaged', 'registering', 'inspecting', 'preparing', 'available', 'ready', 'match profile']);

/** Looks again after this, should every wake-up be missed; seconds. */
const LOOK_AGAIN = 60;

/** The plan of a Metal3Machine that is being deleted. */
export function release(work: MachineWork, seen: Seen): void {
  const { host } = seen;
  if (!host || consumerOf(host) !== keyOf(work.self)) {
    dropFinalizer(work.self, METAL3_MACHINE_FINALIZER);
    return;
  }
  const freed = edit(work, host);
  const cleared = clear(freed);
  const state = host.status?.provisioning?.state ?? '';
  if (!cleared || !CLEAN.has(state)) {
    say(work, host, state);
    return;
  }
  delete freed.spec.consumerRef;
  setLabel(freed, LABELS.clusterName, undefined);
  dropFinalizer(work.self, METAL3_MACHINE_FINALIZER);
}

/** Takes everything of the machine from the host. Whether that was so already: only then its state is an answer to it. */
function clear(host: BareMetalHostObject): boolean {
  const { spec } = host;
  // A host that must not be switched off stays on, as Metal3 has it.
  const online = spec.disablePowerOff === true;
  const had = spec.image ?? spec.customDeploy ?? spec.userData ?? spec.metaData ?? spec.networkData;
  const was = had === undefined && spec.online === online;
  delete spec.image;
  delete spec.customDeploy;
  delete spec.userData;
  delete spec.metaData;
  delete spec.networkData;
  spec.online = online;
  return was;
}

function say(work: MachineWork, host: BareMetalHostObject, state: string): void {
  const name = `${host.metadata.namespace}/${host.metadata.name}`;
  const error = host.status?.errorMessage;
  const message = error
    ? `Host ${name} (${state}) is in error: ${error}`
    : `Waiting for host ${name} to be cleaned and available again (${state || 'unknown'})`;
  wakeAfter(work, LOOK_AGAIN);
  condition(work, { type: 'Ready', status: 'False', reason: 'Deleting', message });
  const next = { type: 'AssociateBareMetalHost', status: 'False' as const, reason: 'Deleting', message };
  waits(work, next, { tone: error ? 'fault' : 'waits' });
}
