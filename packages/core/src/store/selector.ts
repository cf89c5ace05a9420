/** Label selectors: metav1.LabelSelector and the query syntax of `kubectl -l`. */

/** metav1.LabelSelector. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[];
}

/** One requirement of a parsed selector; all must hold. */
export type Requirement = { key: string; op: 'in' | 'notin'; values: string[] } | { key: string; op: 'exists' | 'absent' };

/** Turns a metav1.LabelSelector into requirements. An empty selector matches everything, as in Kubernetes. */
export function requirementsOf(selector: LabelSelector | undefined): Requirement[] {
  const wanted: Requirement[] = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
    key,
    op: 'in',
    values: [value],
  }));
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    if (operator === 'In') wanted.push({ key, op: 'in', values });
    else if (operator === 'NotIn') wanted.push({ key, op: 'notin', values });
    else wanted.push({ key, op: operator === 'Exists' ? 'exists' : 'absent' });
  }
  return wanted;
}

/** Whether labels satisfy every requirement. `notin` also holds where the key is absent (apimachinery labels.Requirement). */
export function matches(requirements: readonly Requirement[], labels: Record<string, string> | undefined): boolean {
  return requirements.every((requirement) => {
    const value = labels?.[requirement.key];
    switch (requirement.op) {
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'notin':
        return value === undefined || !requirement.values.includes(value);
      case 'exists':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      default:
        return requirement satisfies never;
    }
  });
}
