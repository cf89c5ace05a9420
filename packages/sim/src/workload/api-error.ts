/** Errors of the simulated API server, as Kubernetes Status objects. */
import type { Resource } from './resources.ts';

/** Thrown by handlers; answered as a Status. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  static notFound(resource: Resource, name: string): ApiError {
    return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
  }

  static alreadyExists(resource: Resource, name: string): ApiError {
    return new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
  }

  static conflict(resource: Resource, name: string): ApiError {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
    return new ApiError(409, 'Conflict', message, detailsOf(resource, name));
  }

  /** metav1.Status. */
  body() {
    const { code, reason, message, details } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      code,
      ...(details ? { details } : {}),
    };
  }
}

function qualified({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf(resource: Resource, name: string) {
  return { name, kind: resource.plural, ...(resource.group ? { group: resource.group } : {}) };
}
