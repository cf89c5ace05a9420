/** For tests: what the API's pipeline does with an object before it is stored, without a store. */
import { parse } from 'yaml';
import type { FieldError } from '../../errors.ts';
import { fromHub, toHub } from '../../registry/convert.ts';
import type { AnyKind } from '../../registry/define-kind.ts';
import { parseObject } from '../../registry/parse.ts';
import type { Json, KubeObject } from '../../store/object.ts';

/** What became of a body. */
export interface Admitted {
  /** The hub object with defaults. */
  object: KubeObject;
  /** Unknown fields: refused under strict validation. */
  unknown: string[];
  errors: FieldError[];
  warnings: string[];
}

/** Parses (in the version of its apiVersion), converts, defaults and validates a body given as YAML or as an object. */
export function admit(kind: AnyKind, body: string | Record<string, unknown>, was?: KubeObject): Admitted {
  const input = (typeof body === 'string' ? parse(body) : structuredClone(body)) as { [key: string]: Json };
  const version = String(input.apiVersion).split('/').at(-1) ?? '';
  const parsed = parsedWithoutStatus(kind, version, input);
  if (parsed.errors.length > 0) return { object: parsed.object, unknown: parsed.unknown, errors: parsed.errors, warnings: [] };
  const object = toHub(kind, version, parsed.object, was);
  kind.defaults?.(object);
  const again = parsedWithoutStatus(kind, kind.hub, object as unknown as { [key: string]: Json });
  const errors = [
    ...again.errors,
    ...(kind.validate?.(object) ?? []),
    ...(was ? (kind.validateUpdate?.(object, was) ?? []) : []),
  ];
  return { object, unknown: [...parsed.unknown, ...again.unknown], errors, warnings: kind.warnings?.(object) ?? [] };
}

/** A hub object as a version's readers see it. */
export function readAs(kind: AnyKind, version: string, object: KubeObject): KubeObject {
  return fromHub(kind, version, object);
}

/** The fields of the errors, sorted: what most tests ask for. */
export function fieldsOf(errors: readonly FieldError[]): string[] {
  return errors.map((error) => error.field).sort();
}

/** A missing status is the planners' affair (registry/admit.ts). */
function parsedWithoutStatus(kind: AnyKind, version: string, body: { [key: string]: Json }) {
  const parsed = parseObject(kind, version, body);
  return { ...parsed, errors: parsed.errors.filter(({ field }) => field !== 'status') };
}
