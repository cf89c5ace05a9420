/** From a body to an object that may be stored: parse → default → validate. Nothing here touches the store. */
import { AppError, type FieldError } from '../errors.ts';
import { groupOf, type Json, type KubeObject } from '../store/object.ts';
import { type AnyKind, servedSchema } from './define-kind.ts';
import { invalid, strictDecoding } from './invalid.ts';
import { nameErrors } from './metadata.ts';
import { type Parsed, parseObject, partsOf } from './parse.ts';
import { isRecord } from './paths.ts';
import type { FieldValidation } from './pipeline-types.ts';
import { apiVersionOf, versionOf } from './registry.ts';

/** A body that has been read: pruned, typed, in its own version. */
export interface ReadBody {
  object: KubeObject;
  /** Without defaults: what the client said itself. */
  said: KubeObject;
  warnings: string[];
}

/**
 * Reads a body. `only: 'status'` does not judge the rest of the object; `partial` (an apply says a part) leaves missing and unknown
 * fields to the reading of the merged object. Throws `badRequest` and `invalid`.
 */
export function readBody(
  kind: AnyKind,
  version: string,
  body: unknown,
  options: { fieldValidation?: FieldValidation; only?: 'status'; partial?: boolean; name?: string },
): ReadBody {
  if (!isRecord(body)) throw new AppError('badRequest', `the body must be one ${kind.kind} object`);
  checkType(kind, version, body);
  const name = options.name ?? nameIn(body);
  const parsed = parse(kind, version, options.only === 'status' ? statusOnly(kind, body) : body, name, options.only);
  const errors = options.partial ? parsed.errors.filter(({ reason }) => reason !== 'FieldValueRequired') : parsed.errors;
  if (errors.length > 0) throw invalid(kind, name, errors, body as unknown as KubeObject);
  const validation = options.partial ? 'Ignore' : (options.fieldValidation ?? 'Strict');
  if (validation === 'Strict' && parsed.unknown.length > 0) throw strictDecoding(kind, version, name, parsed.unknown);
  const warnings = validation === 'Warn' ? parsed.unknown.map((field) => `unknown field "${field}"`) : [];
  return { object: parsed.object, said: parsed.said, warnings };
}

function parse(kind: AnyKind, version: string, body: { [key: string]: Json }, name: string, only?: 'status'): Parsed {
  try {
    return parseObject(kind, version, body, only);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('badRequest', `${kind.kind} "${name}": ${error.message}`);
  }
}

function statusOnly(kind: AnyKind, body: { [key: string]: Json }): { [key: string]: Json } {
  const { apiVersion = '', metadata = {}, status } = body;
  return { apiVersion, kind: kind.kind, metadata, ...(status === undefined ? {} : { status }) };
}

function nameIn(body: { [key: string]: Json }): string {
  const metadata = isRecord(body.metadata) ? body.metadata : {};
  return String(metadata.name ?? metadata.generateName ?? '');
}

function checkType(kind: AnyKind, version: string, body: { [key: string]: Json }): void {
  const { apiVersion, kind: word } = body;
  // Typed clients of built-in kinds leave out what the address says already (apiserver's default GroupVersionKind).
  if (kind.group === '' && word === undefined && apiVersion === undefined) return;
  if (typeof word !== 'string' || typeof apiVersion !== 'string') {
    throw new AppError('badRequest', "Object 'Kind' or 'apiVersion' is missing in the body");
  }
  const fits = word === kind.kind && groupOf(apiVersion) === kind.group && versionOf(apiVersion) === version;
  if (fits) return;
  const wanted = `${apiVersionOf(kind.group, version)}, Kind=${kind.kind}`;
  throw new AppError('badRequest', `the object in the body is ${apiVersion}, Kind=${word}; this address takes ${wanted}`);
}

/** Fills in defaults and applies every rule to a hub object. Throws `invalid` with a cause for each broken rule. */
export function admit(kind: AnyKind, hub: KubeObject, was?: KubeObject): KubeObject {
  const { object, errors } = defaulted(kind, hub);
  const { name } = object.metadata;
  if (errors.length > 0) throw invalid(kind, name, errors, hub);
  kind.defaults?.(object);
  const broken: FieldError[] = [
    ...(was ? [] : nameErrors(name)),
    ...(kind.validate?.(object) ?? []),
    ...(was ? (kind.validateUpdate?.(object, was) ?? []) : []),
  ];
  if (broken.length > 0) throw invalid(kind, name, broken, object);
  return object;
}

/** The hub schema's defaults, also for what came through another version. Metadata and status stay as they are. */
function defaulted(kind: AnyKind, hub: KubeObject): { object: KubeObject; errors: FieldError[] } {
  const { status, ...rest } = hub as unknown as { [key: string]: Json };
  const { object, errors } = parseObject(
    kind,
    kind.hub,
    kind.statusSubresource ? rest : { ...rest, ...(status ? { status } : {}) },
  );
  const own =
    status !== undefined && kind.statusSubresource && 'status' in partsOf(servedSchema(kind, kind.hub)) ? { status } : {};
  return {
    object: { ...object, ...own, metadata: structuredClone(hub.metadata) } as KubeObject,
    errors,
  };
}
