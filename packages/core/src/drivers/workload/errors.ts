/** What goes wrong on the way to a workload cluster. Our own failure to reach it is never mistaken for an answer of the cluster. */
import { connectionProblem } from '../tunnel.ts';

/** `unreachable`: nobody answered (us, the proxy, the network); the others are answers. */
export type WorkloadErrorCode =
  | 'unreachable'
  | 'auth'
  | 'notFound'
  | 'conflict'
  | 'tooManyRequests'
  | 'refused'
  | 'unavailable'
  | 'protocol';

/** An error of a workload cluster's API. Never contains a credential. */
export class WorkloadError extends Error {
  readonly code: WorkloadErrorCode;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(code: WorkloadErrorCode, message: string, status?: number) {
    super(message);
    this.name = 'WorkloadError';
    this.code = code;
    this.status = status;
  }
}

/** True if `error` is a WorkloadError with that code. */
export function isWorkloadError(error: unknown, code: WorkloadErrorCode): error is WorkloadError {
  return error instanceof WorkloadError && error.code === code;
}

/** The error of an answer that is no success: status and the API's own message. */
export function answerError(what: string, status: number, message: string): WorkloadError {
  const code: WorkloadErrorCode =
    status === 401 || status === 403
      ? 'auth'
      : status === 404
        ? 'notFound'
        : status === 409
          ? 'conflict'
          : status === 429
            ? 'tooManyRequests'
            : status >= 500
              ? 'unavailable'
              : 'refused';
  return new WorkloadError(code, `${what}: HTTP ${status}${message ? `: ${message}` : ''}`, status);
}

/** The error of a request that got no answer. `seconds` is the limit it ran under. */
export function connectionError(what: string, error: unknown, seconds: number): WorkloadError {
  if (error instanceof WorkloadError) return error;
  return new WorkloadError('unreachable', `${what}: ${connectionProblem(error, seconds)}`);
}
