/** Asking for one operation and reading what became of it. */
import type { Because } from '../../runtime/define-reconciler.ts';
import { OPERATION_ERRORS, type OperationSpec } from '../../runtime/operations.ts';
import type { Operation } from '../../store/store.ts';
import { type HostError, limit, type Outcome, sentence } from './outcome.ts';
import type { HostErrorType, HostStep } from './status.ts';
import { after, secondsSince, until, type View } from './view.ts';

/** One operation as a handler wants it. */
export interface Act {
  /** Part of the id after the host's uid: the epoch that makes this act new, and its name. */
  id: string;
  spec: OperationSpec;
  step?: HostStep;
  /** What people read while it goes on; without numbers that tick. */
  says: string;
  errorType: Exclude<HostErrorType, ''>;
  /** A running operation may take this long. */
  limitSeconds?: number;
  /** Decides when trying the same again is of no use. */
  onFinal: (failure: Failure) => Outcome;
  keepError?: boolean;
}

/** A failure that ends an act. */
export interface Failure {
  code: string;
  message: string;
  /** RFC 3339. */
  at: string;
}

/** A running operation whose result nobody announces is looked at this often. */
const LOOK_SECONDS = 5;

/** null once the operation has succeeded; else what to do meanwhile. */
export function act(view: View, wanted: Act): Outcome | null {
  const id = `${view.uid}/${wanted.id}`;
  const known = view.operation(id);
  const operation = { id, spec: wanted.spec };
  if (known?.state === 'succeeded') return null;
  if (known?.state === 'failed') return failed(view, wanted, known);
  const began = known?.startedAt ?? known?.createdAt;
  const overAt = began && wanted.limitSeconds !== undefined ? after(began, wanted.limitSeconds) : undefined;
  if (known?.state === 'running' && overAt && Date.parse(overAt) <= view.now.getTime()) {
    const message = `${wanted.spec.kind} did not end within ${wanted.limitSeconds} seconds`;
    return wanted.onFinal({ code: OPERATION_ERRORS.timeout, message, at: overAt });
  }
  const because: Because = {
    sentence: sentence(wanted.says),
    ...(began ? { since: began } : {}),
    ...(overAt ? { limit: limit(overAt, 'the host tries again') } : {}),
    tone: 'waits',
  };
  const wait: Outcome = { go: 'wait', because, operation, wakeAfterSeconds: LOOK_SECONDS };
  if (wanted.step) wait.step = wanted.step;
  if (wanted.keepError) wait.keepError = true;
  return wait;
}

/** A failed operation: the executor tries retryable ones again under the same id; others are the planner's to decide. */
function failed(view: View, wanted: Act, known: Operation): Outcome {
  const error = known.error ?? { code: 'Internal', message: 'failed without a reason', retryable: true };
  const at = known.finishedAt ?? known.createdAt;
  if (!error.retryable) return wanted.onFinal({ code: error.code, message: error.message, at });
  const operation = { id: known.id, spec: wanted.spec };
  const shown: HostError = { type: wanted.errorType, message: error.message, count: known.attempts };
  if (error.code === OPERATION_ERRORS.unreachable || error.code === OPERATION_ERRORS.agentGone) {
    const because = unreachable(view, error.message, known.createdAt);
    // A host that was never reached has an error to show; one that we know is merely out of sight.
    if (wanted.errorType !== 'registration error') {
      const wait: Outcome = { go: 'wait', because, operation, keepError: true };
      if (wanted.step) wait.step = wanted.step;
      return wait;
    }
    return { go: 'fail', error: { ...shown, count: 1 }, because, operation };
  }
  const because: Because = {
    sentence: sentence(error.message),
    since: known.createdAt,
    tone: 'fault',
    wayOut: 'It is tried again by itself.',
  };
  return { go: 'fail', error: shown, because, operation };
}

/** A BMC or an agent that does not answer: nobody's fault until a person looks. */
export function unreachable(view: View, message: string, since: string): Because {
  return {
    sentence: sentence(message),
    since,
    tone: 'caution',
    wayOut: `Check the network to the server and to its BMC at ${view.host.spec.bmc?.address ?? ''}.`,
  };
}

/**
 * The id for an act that may be asked again, under a new id, after a final failure: `base`, `base~2`, `base~3` …, each
 * `refusedFirstSeconds` later than the last, doubled, at most `refusedMostSeconds`. `again` is when the next one comes.
 */
export function repeatable(view: View, base: string): { id: string; tries: number; again?: string } {
  for (let tries = 1; ; tries++) {
    const id = tries === 1 ? base : `${base}~${tries}`;
    const known = view.operation(`${view.uid}/${id}`);
    if (known?.state !== 'failed' || known.error?.retryable !== false) return { id, tries };
    const wait = Math.min(view.limits.refusedFirstSeconds * 2 ** Math.min(tries - 1, 20), view.limits.refusedMostSeconds);
    const again = after(known.finishedAt ?? known.createdAt, wait);
    if (Date.parse(again) > view.now.getTime()) return { id, tries, again };
  }
}

/** A final failure of a {@link repeatable} act, shown until its next try. */
export function refused(
  view: View,
  type: Exclude<HostErrorType, ''>,
  failure: Failure,
  repeat: { tries: number; again?: string },
  wayOut: string,
): Outcome {
  const because: Because = { sentence: sentence(failure.message), since: failure.at, tone: 'fault', wayOut };
  const fail: Outcome = { go: 'fail', error: { type, message: failure.message, count: repeat.tries }, because };
  if (repeat.again) {
    because.limit = limit(repeat.again, 'it is tried again');
    fail.wakeAfterSeconds = until(view, repeat.again);
  }
  return fail;
}

/** Whether so many seconds have passed since `from`. */
export function isOver(view: View, from: string, seconds: number): boolean {
  return secondsSince(view, from) >= seconds;
}
