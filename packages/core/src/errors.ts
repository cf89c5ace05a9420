/**
 * The one table of errors: code → HTTP status, Kubernetes reason, tRPC code.
 * Core throws AppError with a code; the doors (kube verbs, tRPC) translate by this table and nothing else.
 */

/** One refused field, as `status.details.causes` of a Kubernetes Status carries it (apimachinery `field.Error`). */
export interface FieldError {
  /** Path as Kubernetes writes it: `spec.template.spec.version`, `spec.rules[0].host`. */
  field: string;
  /** apimachinery's cause type. */
  reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooLong'
    /** A server-side apply that another manager's field stands against. */
    | 'FieldManagerConflict';
  /** What is wrong and what would be accepted. */
  message: string;
}

/** HTTP status, Kubernetes `reason` and tRPC code for each error code. */
export const ERRORS = {
  badRequest: { http: 400, reason: 'BadRequest', trpc: 'BAD_REQUEST' },
  unauthorized: { http: 401, reason: 'Unauthorized', trpc: 'UNAUTHORIZED' },
  forbidden: { http: 403, reason: 'Forbidden', trpc: 'FORBIDDEN' },
  notFound: { http: 404, reason: 'NotFound', trpc: 'NOT_FOUND' },
  methodNotAllowed: { http: 405, reason: 'MethodNotAllowed', trpc: 'METHOD_NOT_SUPPORTED' },
  notAcceptable: { http: 406, reason: 'NotAcceptable', trpc: 'BAD_REQUEST' },
  alreadyExists: { http: 409, reason: 'AlreadyExists', trpc: 'CONFLICT' },
  conflict: { http: 409, reason: 'Conflict', trpc: 'CONFLICT' },
  expired: { http: 410, reason: 'Expired', trpc: 'PRECONDITION_FAILED' },
  tooLarge: { http: 413, reason: 'RequestEntityTooLarge', trpc: 'PAYLOAD_TOO_LARGE' },
  unsupportedMediaType: { http: 415, reason: 'UnsupportedMediaType', trpc: 'UNSUPPORTED_MEDIA_TYPE' },
  invalid: { http: 422, reason: 'Invalid', trpc: 'UNPROCESSABLE_CONTENT' },
  tooManyRequests: { http: 429, reason: 'TooManyRequests', trpc: 'TOO_MANY_REQUESTS' },
  internal: { http: 500, reason: 'InternalError', trpc: 'INTERNAL_SERVER_ERROR' },
  unavailable: { http: 503, reason: 'ServiceUnavailable', trpc: 'SERVICE_UNAVAILABLE' },
  timeout: { http: 504, reason: 'Timeout', trpc: 'TIMEOUT' },
} as const;

/** A code of {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** The object an error is about, for `status.details`. */
export interface ErrorSubject {
  group?: string;
  kind?: string;
  name?: string;
}

/** An error a person may read: what happened, to what, why, and what to do. Never contains a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly causes: FieldError[];
  readonly subject: ErrorSubject;

  constructor(code: ErrorCode, message: string, more: { causes?: FieldError[]; subject?: ErrorSubject; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.causes = more.causes ?? [];
    this.subject = more.subject ?? {};
  }
}

/** True if `error` is an AppError with that code. */
export function isCode(error: unknown, code: ErrorCode): error is AppError {
  return error instanceof AppError && error.code === code;
}
