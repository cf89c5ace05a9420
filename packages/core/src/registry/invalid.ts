/** The errors of the pipeline, worded as Kubernetes words them, because clients and people recognise them. */
import { AppError, type FieldError } from '../errors.ts';
import type { Json, KubeObject } from '../store/object.ts';
import type { AnyKind } from './define-kind.ts';
import { at } from './paths.ts';
import { groupResource } from './registry.ts';
import { isSecretPath } from './seal.ts';

/** 422 with causes; each cause is prefixed by its type and quotes the refused value, unless that is secret. */
export function invalid(kind: AnyKind, name: string, errors: readonly FieldError[], object?: KubeObject): AppError {
  const causes = errors.map((error) => ({ ...error, message: causeText(kind, error, object) }));
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const kindName = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const message = `${kindName} "${name}" is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
  return new AppError('invalid', message, { causes, subject: { group: kind.group, kind: kind.kind, name } });
}

/** 400 for unknown fields under Strict, with every field's path in the causes. */
export function strictDecoding(kind: AnyKind, version: string, name: string, unknown: readonly string[]): AppError {
  const message = `strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`;
  const causes = unknown.map(
    (field): FieldError => ({ field, reason: 'FieldValueForbidden', message: `unknown field "${field}"` }),
  );
  return new AppError('badRequest', `${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${message}`, {
    causes,
    subject: { group: kind.group, kind: kind.kind, name },
  });
}

/** 404: `clusters.cluster.x-k8s.io "production" not found`. */
export function notFound(kind: AnyKind, name: string): AppError {
  return new AppError('notFound', `${groupResource(kind)} "${name}" not found`, { subject: subject(kind, name) });
}

/** 409 on create. */
export function alreadyExists(kind: AnyKind, name: string): AppError {
  return new AppError('alreadyExists', `${groupResource(kind)} "${name}" already exists`, { subject: subject(kind, name) });
}

/** 409 on a write that was planned from another version. */
export function modified(kind: AnyKind, name: string): AppError {
  const message = `Operation cannot be fulfilled on ${groupResource(kind)} "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return new AppError('conflict', message, { subject: subject(kind, name) });
}

/** 409 on a precondition that does not hold. */
export function preconditionFailed(kind: AnyKind, name: string, what: string, wanted: string, found: string): AppError {
  const message = `Operation cannot be fulfilled on ${groupResource(kind)} "${name}": Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`;
  return new AppError('conflict', message, { subject: subject(kind, name) });
}

/** What an error is about, as `status.details` has it: the resource, not the kind (apimachinery's NewNotFound and others). */
function subject(kind: AnyKind, name: string) {
  return { group: kind.group, kind: kind.plural, name };
}

const PREFIX: Record<FieldError['reason'], string> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueRequired: 'Required value',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueTooLong: 'Too long',
  FieldManagerConflict: 'Conflict',
};

function causeText(kind: AnyKind, error: FieldError, object: KubeObject | undefined): string {
  const prefix = PREFIX[error.reason];
  if (error.message.startsWith(prefix)) return error.message;
  const quotes = ['FieldValueInvalid', 'FieldValueNotSupported', 'FieldValueDuplicate', 'FieldValueTypeInvalid'];
  const value = quotes.includes(error.reason) && !isSecretPath(kind, error.field) ? quoted(object, error.field) : '';
  return `${prefix}: ${value}${error.message}`;
}

function quoted(object: KubeObject | undefined, field: string): string {
  const value = at(object as unknown as Json | undefined, stepsOf(field));
  if (value === undefined || value === null) return '';
  const text = JSON.stringify(value);
  return text.length > 200 ? '' : `${text}: `;
}

/** `spec.rules[0].host` → its steps. */
function stepsOf(field: string): string[] {
  return field.split(/\.(?![^[]*\])|\[|\]\.?/).filter((step) => step !== '');
}
