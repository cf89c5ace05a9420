/**
 * What can go wrong with a BMC. Each error says what was tried, on which BMC, and what to do; none contains a credential.
 * `code` is the code of a failed operation (runtime/operations.ts, OPERATION_ERRORS).
 */

/** Common part of all errors of BMC drivers. */
export class BmcError extends Error {
  /** Code of a failed operation. */
  readonly code: 'Unreachable' | 'AuthFailed' | 'Unsupported' | 'NoDriver' | 'Busy' | 'Timeout' | 'ProtocolError' | 'BadInput';
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(code: BmcError['code'], retryable: boolean, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryable;
  }
}

/** No answer: refused, no route, TLS failed, or no answer within the time. */
export class BmcUnreachable extends BmcError {
  constructor(message: string, cause?: unknown) {
    super('Unreachable', true, message, cause);
  }
}

/** The BMC refused the credentials. Trying again would lock the account: not retryable until they change. */
export class BmcAuthFailed extends BmcError {
  constructor(message: string) {
    super('AuthFailed', false, message);
  }
}

/** This BMC (or we) cannot do that. */
export class BmcUnsupported extends BmcError {
  constructor(message: string, code: 'Unsupported' | 'NoDriver' = 'Unsupported') {
    super(code, false, message);
  }
}

/** The BMC says not now: in POST, another job, service starting. */
export class BmcBusy extends BmcError {
  constructor(message: string) {
    super('Busy', true, message);
  }
}

/** The BMC accepted the request but did not reach the state in time. */
export class BmcTimeout extends BmcError {
  constructor(message: string) {
    super('Timeout', true, message);
  }
}

/** The answer breaks Redfish's rules, leads to another host, is too large, or the request itself was refused as wrong. */
export class BmcProtocolError extends BmcError {
  constructor(message: string, retryable = false) {
    super('ProtocolError', retryable, message);
  }
}

/** The address cannot be understood. */
export class BmcBadAddress extends BmcError {
  constructor(message: string) {
    super('BadInput', false, message);
  }
}
