/** What a person may do to a host from the console: allowed, or refused with the reason. Pure, runs in a browser. */
import { type BareMetalHostObject, HOST_ANNOTATIONS } from './kind.ts';
import type { HostState } from './status.ts';

/** An action of the console on a host. */
export type HostAction = 'powerOn' | 'powerOff' | 'inspect' | 'detach' | 'attach' | 'pause' | 'resume' | 'delete' | 'deprovision';

/** Allowed, or why not. */
export type Allowed = { allowed: true } | { allowed: false; reason: string };

const YES: Allowed = { allowed: true };
const no = (reason: string): Allowed => ({ allowed: false, reason });

const AT_REST: readonly HostState[] = ['available', 'ready', 'provisioned', 'externally provisioned'];

/** Whether an action may be taken on a host now. */
export function can(action: HostAction, host: BareMetalHostObject): Allowed {
  const { annotations = {}, deletionTimestamp } = host.metadata;
  const state = host.status?.provisioning?.state ?? '';
  const paused = HOST_ANNOTATIONS.paused in annotations;
  const detached = HOST_ANNOTATIONS.detached in annotations;
  if (action === 'pause') return paused ? no('The host is paused already.') : YES;
  if (action === 'resume') return paused ? YES : no('The host is not paused.');
  if (deletionTimestamp !== undefined) return no('The host is being deleted.');
  if (paused) return no('The host is paused: resume it first.');
  switch (action) {
    case 'attach':
      return detached ? YES : no('The host is not detached.');
    case 'detach':
      if (detached) return no('The host is detached already.');
      return AT_REST.includes(state) ? YES : no(`A host can be detached at rest only; it is ${shown(state)}.`);
    case 'delete':
      return host.spec.consumerRef ? no(`The host is held by ${host.spec.consumerRef.kind} ${host.spec.consumerRef.name}.`) : YES;
    case 'deprovision':
      if (host.spec.consumerRef)
        return no(`The host is held by ${host.spec.consumerRef.kind} ${host.spec.consumerRef.name}: delete that instead.`);
      return host.spec.image ? YES : no('The host has no image.');
    case 'inspect':
      if (detached) return no('The host is detached.');
      if (host.spec.inspectionMode === 'disabled') return no('Inspection is disabled for this host.');
      return state === 'available' || state === 'ready'
        ? YES
        : no(`Only an available host can be inspected; it is ${shown(state)}.`);
    case 'powerOn':
    case 'powerOff':
      return canPower(action, host, state, detached);
    default:
      return action satisfies never;
  }
}

function canPower(action: 'powerOn' | 'powerOff', host: BareMetalHostObject, state: HostState, detached: boolean): Allowed {
  const on = action === 'powerOn';
  if (detached) return no('The host is detached.');
  if (!AT_REST.includes(state)) return no(`The host’s power is held by its work: it is ${shown(state)}.`);
  if (host.spec.online === on) return no(`The host is to be ${on ? 'on' : 'off'} already.`);
  if (!on && host.spec.disablePowerOff) return no('Powering off is disabled for this host (spec.disablePowerOff).');
  return YES;
}

function shown(state: HostState): string {
  return state === '' ? 'new' : state;
}
