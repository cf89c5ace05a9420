/** Turns a handler's decision into a plan: status first, with its events; only when status says so already, the operation. */
import { type Action, event, operation } from '../../runtime/actions.ts';
import type { Because, Plan } from '../../runtime/define-reconciler.ts';
import { kubeTime } from '../../store/object.ts';
import { setConditions } from '../shared/conditions.ts';
import { conditionsOf } from './conditions.ts';
import { hasGoodCredentials, isRegistered, outOfSight } from './contact.ts';
import { HOST_ANNOTATIONS } from './kind.ts';
import type { HostCopy, HostError, HostEvent, Outcome } from './outcome.ts';
import { BMC_SECRET_LABEL } from './states/begin.ts';
import { decide, isDetached } from './states.ts';
import type { HostState } from './status.ts';
import { type View, viewOf } from './view.ts';

/** The plan for an outcome. */
export function render(view: View, outcome: Outcome): Plan {
  const host = changed(view, outcome);
  // What the next state will say of itself goes into the same write: one write for each move.
  const follow = outcome.go === 'goto' ? decide(viewOf({ ...view.seen, host }, view.env)) : outcome;
  if (follow.go === 'wait' && follow.step) setStep(view, host, follow.step);
  const because = dated(becauseOf(view, follow), host);
  const { status } = host;
  status.operationalStatus = operationalStatus(view, host);
  status.conditions = setConditions(status.conditions, conditionsOf(view, host, because), view.now);
  const operate = 'operation' in outcome ? outcome.operation : undefined;
  const wake = 'wakeAfterSeconds' in outcome ? outcome.wakeAfterSeconds : undefined;
  const actions = same(view.host, operate ? powerAside(view, host) : host)
    ? operate
      ? [operation(operate.id, operate.spec)]
      : []
    : writes(view, outcome, host);
  return { actions, because, ...(wake === undefined ? {} : { wakeAfterSeconds: wake }) };
}

/** A wait that knows no better has lasted since the host came into its state or step. */
function dated(because: Because | null, { status, metadata }: HostCopy): Because | null {
  return because && { since: status.provisioning.since ?? metadata.creationTimestamp, ...because };
}

function writes(view: View, outcome: Outcome, host: HostCopy): Action[] {
  host.status.lastUpdated = kubeTime(view.now);
  const events = eventsOf(view, outcome, host).map(({ type, reason, message }) => event(view.host, type, reason, message));
  return [{ do: 'update', was: view.host, object: host }, ...events];
}

/** In the midst of work the power goes off and on; alone it is not worth a write between two operations. */
function powerAside(view: View, host: HostCopy): HostCopy {
  const before = view.host.status?.poweredOn;
  if (!host.status.provisioning.step || before === undefined || host.status.poweredOn === undefined) return host;
  return { ...host, status: { ...host.status, poweredOn: before } };
}

/** What people read. A host at rest whose BMC is out of sight is not fine. */
function becauseOf(view: View, outcome: Outcome): Because | null {
  if (outcome.go === 'wait' || outcome.go === 'fail') return outcome.because;
  if (outcome.go === 'goto') return { sentence: `Next: ${outcome.state}.`, tone: 'waits' };
  if (!isDetached(view)) return outOfSight(view);
  return {
    sentence: 'The host is detached: nothing is done to its server.',
    tone: 'caution',
    wayOut: `Remove the annotation ${HOST_ANNOTATIONS.detached}.`,
  };
}

/** The host as it shall be, but for what follows from the sentence. */
function changed(view: View, outcome: Outcome): HostCopy {
  const host = structuredClone(view.host) as HostCopy;
  host.status ??= { provisioning: { state: '' } };
  host.status.provisioning ??= { state: '' };
  labelSecret(host);
  setPower(view, host);
  if (!view.deleting) setCredentials(view, host);
  if (outcome.go === 'goto') enter(view, host, outcome.state);
  if ('change' in outcome) outcome.change?.(host);
  setError(host, outcome);
  return host;
}

/** So that a change of the Secret wakes this host. Label values are bounded: a longer name is found by the periodic look alone. */
function labelSecret(host: HostCopy): void {
  const name = host.spec.bmc?.credentialsName;
  if (!name || name.length > 63 || host.metadata.labels?.[BMC_SECRET_LABEL] === name) return;
  host.metadata.labels = { ...host.metadata.labels, [BMC_SECRET_LABEL]: name };
}

/** poweredOn is absent while nobody knows. */
function setPower(view: View, { status }: HostCopy): void {
  const { power } = view.seen;
  if (!power) return;
  if (power.error || power.on === null) delete status.poweredOn;
  else status.poweredOn = power.on;
}

function setCredentials(view: View, { status, spec, metadata }: HostCopy): void {
  const { credentials } = view.seen;
  if (!credentials || !spec.bmc) return;
  const now = {
    credentials: { name: credentials.name, namespace: metadata.namespace ?? '' },
    credentialsVersion: credentials.resourceVersion,
    address: spec.bmc.address,
  };
  if (hasGoodCredentials(view)) return;
  status.triedCredentials = now;
  if (!isRegistered(view)) return;
  status.goodCredentials = now;
  history(view, status, 'register', 'end');
}

type Work = 'register' | 'inspect' | 'provision' | 'deprovision';

const WORK: Partial<Record<HostState, Work>> = {
  registering: 'register',
  inspecting: 'inspect',
  provisioning: 'provision',
  deprovisioning: 'deprovision',
};

/** A new state: what ends, what starts, and since when. */
function enter(view: View, host: HostCopy, state: HostState): void {
  const { status } = host;
  const ends = WORK[view.state];
  const starts = WORK[state];
  if (ends && ends !== 'register') history(view, status, ends, 'end');
  if (starts) history(view, status, starts, 'start');
  status.provisioning.state = state;
  status.provisioning.since = kubeTime(view.now);
  delete status.provisioning.step;
  delete status.provisioning.retryAt;
}

function setStep(view: View, { status }: HostCopy, step: NonNullable<HostCopy['status']['provisioning']['step']>): void {
  if (status.provisioning.step === step) return;
  status.provisioning.step = step;
  status.provisioning.since = kubeTime(view.now);
}

function history(view: View, status: HostCopy['status'], work: Work, edge: 'start' | 'end'): void {
  const now = kubeTime(view.now);
  const before = status.operationHistory?.[work];
  const next = edge === 'start' ? { start: now } : { ...(before?.start ? { start: before.start } : {}), end: now };
  status.operationHistory = { ...status.operationHistory, [work]: next };
}

/** Errors come with `fail` (or go along with `goto`), and go when work is under way again. The count goes when a state is left well. */
function setError({ status }: HostCopy, outcome: Outcome): void {
  const error = outcome.go === 'fail' || outcome.go === 'goto' ? outcome.error : undefined;
  if (error) {
    put(status, error);
    return;
  }
  if (outcome.go === 'wait' && outcome.keepError) return;
  delete status.errorType;
  status.errorMessage = '';
  if (outcome.go !== 'wait') status.errorCount = 0;
  status.errorCount ??= 0;
}

function put(status: HostCopy['status'], error: HostError): void {
  status.errorType = error.type;
  status.errorMessage = error.message.slice(0, 1024);
  status.errorCount = error.count;
}

function operationalStatus(view: View, { status }: HostCopy): NonNullable<HostCopy['status']['operationalStatus']> {
  if (status.errorType) return 'error';
  if (isDetached(view)) return 'detached';
  if (status.provisioning.state === 'unmanaged') return 'discovered';
  // Of a BMC that does not answer nobody knows that it is OK.
  return status.goodCredentials && !outOfSight(view) ? 'OK' : '';
}

const ERROR_REASONS: Record<HostError['type'], string> = {
  'registration error': 'RegistrationError',
  'provisioned registration error': 'ProvisionedRegistrationError',
  'inspection error': 'InspectionError',
  'preparation error': 'PreparationError',
  'provisioning error': 'ProvisioningError',
  'power management error': 'PowerManagementError',
  'servicing error': 'ServicingError',
  'detach error': 'DetachError',
};

function eventsOf(view: View, outcome: Outcome, host: HostCopy): HostEvent[] {
  const events: HostEvent[] = outcome.go === 'goto' ? [...(outcome.events ?? [])] : [];
  const { errorType, errorMessage } = host.status;
  const before = view.host.status;
  if (errorType && (errorType !== before?.errorType || errorMessage !== before?.errorMessage)) {
    events.unshift({ type: 'Warning', reason: ERROR_REASONS[errorType], message: errorMessage ?? '' });
  }
  const { poweredOn } = host.status;
  // While work goes on the power changes as part of it; that is told by the work's own events.
  const atRest = outcome.go !== 'goto' && !host.status.provisioning.step;
  if (atRest && before?.poweredOn !== undefined && poweredOn !== undefined && poweredOn !== before.poweredOn) {
    events.push({
      type: 'Normal',
      reason: poweredOn ? 'PowerOn' : 'PowerOff',
      message: `Host has been powered ${poweredOn ? 'on' : 'off'}`,
    });
  }
  return events;
}

/** Whether two objects hold the same. Keys in whatever order; undefined is absent. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b))
    return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
