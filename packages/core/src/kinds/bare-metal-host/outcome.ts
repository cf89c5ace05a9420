/** What a state's handler decides: a closed union. render.ts turns it into a plan. */
import type { Because } from '../../runtime/define-reconciler.ts';
import type { OperationSpec } from '../../runtime/operations.ts';
import type { BareMetalHostObject } from './kind.ts';
import type { HostErrorType, HostProvisioning, HostState, HostStep } from './status.ts';

/** An operation that is wanted, by the id that makes it one act. */
export interface Wanted {
  id: string;
  spec: OperationSpec;
}

/** A copy of the host that a handler may change; its status.provisioning is there. */
export type HostCopy = BareMetalHostObject & { status: { provisioning: HostProvisioning } };

/** Changes the copy. Pure: no clock and no randomness but what the handler was given. */
export type Change = (host: HostCopy) => void;

/** An Event on the host. */
export interface HostEvent {
  type: 'Normal' | 'Warning';
  /** Metal3's reasons: InspectionStarted, ProvisioningComplete, RegistrationError … */
  reason: string;
  message: string;
}

/** An error as status shows it. */
export interface HostError {
  type: Exclude<HostErrorType, ''>;
  message: string;
  /** Failures in a row, for status.errorCount. */
  count: number;
}

/** A handler's decision. */
export type Outcome =
  /** All is as wanted in this state. */
  | { go: 'stay'; change?: Change }
  /** On to another state. `error` stays visible there. */
  | { go: 'goto'; state: HostState; change?: Change; events?: HostEvent[]; error?: HostError }
  /** Something goes on or is missing; with an operation, that is asked for once status says so. */
  | {
      go: 'wait';
      because: Because;
      step?: HostStep;
      operation?: Wanted;
      change?: Change;
      wakeAfterSeconds?: number;
      /** An earlier error is not over yet. */
      keepError?: boolean;
    }
  /** Something has failed and is shown as an error; work goes on with the operation, or when the key is woken. */
  | { go: 'fail'; error: HostError; because: Because; operation?: Wanted; change?: Change; wakeAfterSeconds?: number };

/** The first step that is not done yet; null when all are. Later steps are not even looked at. */
export function firstOf(...steps: (() => Outcome | null)[]): Outcome | null {
  for (const step of steps) {
    const outcome = step();
    if (outcome) return outcome;
  }
  return null;
}

/** A limit for Because: what happens at that time (RFC 3339) if nothing else did. */
export function limit(at: string, happens: string): NonNullable<Because['limit']> {
  // biome-ignore lint/suspicious/noThenProperty: the contract's name; a limit is never awaited
  return { at, then: happens };
}

/** A sentence for Because: one line, at most 160 characters. What BMCs and agents say is hostile text: control characters go. */
export function sentence(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length <= 160 ? line : `${line.slice(0, 159)}…`;
}
