/** Conditions of a host, as Metal3 names them. Their messages carry the planner's sentence. */
import type { Because } from '../../runtime/define-reconciler.ts';
import type { NewCondition } from '../shared/conditions.ts';
import { outOfSight } from './contact.ts';
import type { HostCopy } from './outcome.ts';
import type { HostState } from './status.ts';
import type { View } from './view.ts';

const WORKING: readonly HostState[] = [
  'registering',
  'inspecting',
  'preparing',
  'provisioning',
  'deprovisioning',
  'powering off before delete',
  'deleting',
];
const WITH_IMAGE: readonly HostState[] = ['provisioned', 'externally provisioned'];

/** The conditions for a host as it shall be. */
export function conditionsOf(view: View, host: HostCopy, because: Because | null): NewCondition[] {
  const { state } = host.status.provisioning;
  const message = because?.sentence ?? '';
  return [
    manageable(view, host, message),
    provisioned(state),
    ready(host, state, message),
    free(host, state, message),
    progressing(state, message),
  ];
}

function manageable(view: View, { status }: HostCopy, message: string): NewCondition {
  const type = 'Manageable';
  const hidden = outOfSight(view);
  if (hidden) return { type, status: 'Unknown', reason: 'PowerUnknown', message: hidden.sentence };
  if (status.errorType?.endsWith('registration error')) return { type, status: 'False', reason: 'RegistrationError', message };
  if (!status.goodCredentials) return { type, status: 'False', reason: 'NotRegistered', message };
  return { type, status: 'True', reason: 'Registered', message: '' };
}

function provisioned(state: HostState): NewCondition {
  const yes = WITH_IMAGE.includes(state);
  return { type: 'Provisioned', status: yes ? 'True' : 'False', reason: yes ? 'Provisioned' : 'NotProvisioned', message: '' };
}

/** At rest, without error, and in sight. */
function ready({ status }: HostCopy, state: HostState, message: string): NewCondition {
  const type = 'Ready';
  if (status.errorType) return { type, status: 'False', reason: 'Error', message };
  if (message !== '') {
    const unknown = status.poweredOn === undefined && !WORKING.includes(state) && state !== 'unmanaged' && state !== '';
    return { type, status: unknown ? 'Unknown' : 'False', reason: unknown ? 'PowerUnknown' : 'Waiting', message };
  }
  return { type, status: 'True', reason: 'Ready', message: '' };
}

/** May a machine claim it now? A host whose power is unknown may not. */
function free({ status, spec }: HostCopy, state: HostState, message: string): NewCondition {
  const type = 'AvailableForProvisioning';
  if (state !== 'available' && state !== 'ready') return { type, status: 'False', reason: 'NotAvailable', message };
  if (spec.consumerRef)
    return { type, status: 'False', reason: 'InUse', message: `Held by ${spec.consumerRef.kind} ${spec.consumerRef.name}` };
  if (status.errorType) return { type, status: 'False', reason: 'Error', message };
  if (status.poweredOn === undefined) return { type, status: 'Unknown', reason: 'PowerUnknown', message };
  return { type, status: 'True', reason: 'Available', message: '' };
}

function progressing(state: HostState, message: string): NewCondition {
  const yes = WORKING.includes(state);
  return { type: 'Progressing', status: yes ? 'True' : 'False', reason: yes ? 'Working' : 'AtRest', message: yes ? message : '' };
}
