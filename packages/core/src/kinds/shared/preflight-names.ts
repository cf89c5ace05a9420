/** The preflight checks of MachineSets, by the names that the skip annotation uses. */
import type { FieldError } from '../../errors.ts';
import { invalid } from './fields.ts';
import { ANNOTATIONS } from './labels.ts';

/** Upstream's checks, and `All`. */
export const PREFLIGHT_CHECKS = [
  'All',
  'ControlPlaneIsStable',
  'ControlPlaneVersionSkew',
  'KubeadmVersionSkew',
  'KubernetesVersionSkew',
] as const;

/** A check. */
export type PreflightCheck = Exclude<(typeof PREFLIGHT_CHECKS)[number], 'All'>;

/** The names in the skip annotation. */
export function skippedChecks(annotations: Record<string, string> | undefined): string[] {
  const value = annotations?.[ANNOTATIONS.skipPreflightChecks] ?? '';
  return value === '' ? [] : value.split(',').map((name) => name.trim());
}

/** One error if the annotation names a check there is not. */
export function checkSkippedChecks(annotations: Record<string, string> | undefined): FieldError[] {
  const unknown = skippedChecks(annotations).filter((name) => !(PREFLIGHT_CHECKS as readonly string[]).includes(name));
  if (unknown.length === 0) return [];
  return [
    invalid(
      `metadata.annotations.${ANNOTATIONS.skipPreflightChecks}`,
      unknown.join(','),
      `skipped preflight checks must be among: ${PREFLIGHT_CHECKS.join(', ')}`,
    ),
  ];
}
