/** Updates that are left out when they would change nothing, so that a plan that is content has no actions. */
import { type Action, update } from '../../runtime/actions.ts';
import type { KubeObject } from '../../store/object.ts';
import { same } from './planning.ts';

/** An update, or nothing. */
export function changes<Spec, Status>(was: KubeObject<Spec, Status>, change: (copy: KubeObject<Spec, Status>) => void): Action[] {
  const action = update(was, change);
  return action.do === 'update' && same(action.object, was) ? [] : [action];
}

/** The map with `wanted` in it; the same map where it already holds all of it. */
export function merged(
  was: Record<string, string> | undefined,
  wanted: Record<string, string> | undefined,
): Record<string, string> | undefined {
  const missing = Object.entries(wanted ?? {}).some(([key, value]) => was?.[key] !== value);
  return missing ? { ...was, ...wanted } : was;
}

/** The list with a finalizer in it. */
export function withFinalizer(finalizers: string[] | undefined, finalizer: string): string[] {
  return finalizers?.includes(finalizer) ? finalizers : [...(finalizers ?? []), finalizer];
}

/** The list without a finalizer. */
export function withoutFinalizer(finalizers: string[] | undefined, finalizer: string): string[] {
  return (finalizers ?? []).filter((entry) => entry !== finalizer);
}

/** A label selector as text, as `status.selector` shows it. */
export function selectorText(selector: {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`;
  });
  return [...labels, ...expressions].sort().join(',');
}

/** How many machines have which version, by version. */
export function versionsOf(machines: readonly { spec: { version?: string } }[]): { version: string; replicas: number }[] {
  const counts = new Map<string, number>();
  for (const { spec } of machines) if (spec.version) counts.set(spec.version, (counts.get(spec.version) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([version, replicas]) => ({ version, replicas }));
}
