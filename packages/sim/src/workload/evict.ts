/** Evictions: pods go unless a PodDisruptionBudget says no (policy/v1). */
import { matches, requirementsOf } from '@slipway/core/store/selector.ts';
import { ApiError } from './api-error.ts';
import type { SimCluster } from './cluster.ts';
import type { Obj } from './objects.ts';
import { withReady } from './pods.ts';
import { resourceOf } from './resources.ts';

const PODS = resourceOf('', 'pods')!;
const BUDGETS = resourceOf('policy', 'poddisruptionbudgets')!;

/** Evicts. Throws ApiError 404, or 429 where a budget is used up. */
export function evict(cluster: SimCluster, namespace: string, name: string): void {
  const pod = cluster.objects.get(PODS, namespace, name);
  if (!pod) throw ApiError.notFound(PODS, name);
  for (const budget of cluster.objects.list(BUDGETS, namespace)) {
    const selector = requirementsOf(budget.spec?.selector);
    if (!matches(selector, pod.metadata.labels) || withReady(pod, true) !== pod) continue;
    const covered = cluster.objects.list(PODS, namespace).filter((one) => matches(selector, one.metadata.labels));
    if (allowed(budget, covered) > 0) continue;
    const cause = { reason: 'DisruptionBudget', message: `The disruption budget ${budget.metadata.name} does not allow it now` };
    const message = "Cannot evict pod as it would violate the pod's disruption budget.";
    throw new ApiError(429, 'TooManyRequests', message, { causes: [cause] });
  }
  cluster.objects.remove(PODS, namespace, name);
}

/** How many of these pods may go now. */
function allowed(budget: Obj, covered: Obj[]): number {
  const ready = covered.filter((pod) => withReady(pod, true) === pod).length;
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable !== undefined) return amount(maxUnavailable, covered.length) - (covered.length - ready);
  return ready - amount(minAvailable ?? 0, covered.length);
}

function amount(value: number | string, total: number): number {
  return typeof value === 'string' ? Math.ceil((Number.parseFloat(value) / 100) * total) : value;
}
