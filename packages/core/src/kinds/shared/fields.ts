/** Field errors of the Cluster API kinds, and the checks that several of them share. */
import type { FieldError } from '../../errors.ts';
import { type LabelSelector, matches, requirementsOf } from '../../store/selector.ts';
import { namingFault } from './names.ts';
import { versionFault } from './versions.ts';

/** A wrong value. */
export function invalid(field: string, value: unknown, message: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${message}` };
}

/** A missing value. */
export function required(field: string, message: string): FieldError {
  return { field, reason: 'FieldValueRequired', message: `Required value: ${message}` };
}

/** A value that may not be, or not be changed. */
export function forbidden(field: string, message: string): FieldError {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${message}` };
}

/** One error if the field differs. */
export function immutable(field: string, was: unknown, is: unknown): FieldError[] {
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [forbidden(field, 'field is immutable')];
}

/** A Kubernetes version, if one is given. */
export function checkVersion(field: string, version: string | undefined): FieldError[] {
  const fault = version ? versionFault(version) : undefined;
  return fault ? [invalid(field, version, fault)] : [];
}

/** A naming template, if one is given. */
export function checkNaming(
  field: string,
  template: string | undefined,
  key: 'machineSet' | 'machineDeployment' | 'kubeadmControlPlane',
): FieldError[] {
  const fault = template ? namingFault(template, key) : undefined;
  return fault ? [invalid(field, template, fault)] : [];
}

/** A number ≥ 0 or a percentage such as 40%. */
export function checkIntOrPercent(field: string, value: number | string | undefined): FieldError[] {
  if (value === undefined) return [];
  if (typeof value === 'number' ? value >= 0 : /^[0-9]+%$/.test(value)) return [];
  return [invalid(field, value, 'must be either a non-negative integer or a percentage such as 40%')];
}

/** A selector that is well-formed: In and NotIn have values, Exists and DoesNotExist none. */
export function checkSelector(field: string, selector: LabelSelector | undefined): FieldError[] {
  return (selector?.matchExpressions ?? []).flatMap(({ operator, values = [] }, index) => {
    const needs = operator === 'In' || operator === 'NotIn';
    if (needs === values.length > 0) return [];
    const message = needs ? `values are required for operator ${operator}` : `values are not allowed for operator ${operator}`;
    return [invalid(`${field}.matchExpressions[${index}].values`, values, message)];
  });
}

/** A selector's requirements hold for the template's labels. */
export function checkTemplateLabels(
  field: string,
  selector: LabelSelector | undefined,
  labels: Record<string, string> | undefined,
): FieldError[] {
  if (matches(requirementsOf(selector), labels)) return [];
  return [invalid(field, labels ?? {}, `must match spec.selector ${JSON.stringify(selector ?? {})}`)];
}

/** The value of an IntOrString for `total`; percentages round up or down. Not a number or percentage counts as 0. */
export function resolveIntOrPercent(value: number | string | undefined, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^([0-9]+)%$/.exec(value ?? '');
  if (!percent) return 0;
  const exact = (Number(percent[1]) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
