/** Whether a namespace may claim the hosts of another. */
import { type HostDeployPolicyObject, patternError } from './kind.ts';

/**
 * Whether machines of `consumerNamespace` (with these labels) may hold hosts of `hostNamespace`. The same namespace always may; another
 * one only if some policy in the host's namespace lets it: all constraints that this policy gives must hold, and it must give one.
 */
export function claimAllowed(
  policies: readonly HostDeployPolicyObject[],
  hostNamespace: string,
  consumerNamespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (hostNamespace === consumerNamespace) return true;
  return policies.some((policy) => policy.metadata.namespace === hostNamespace && lets(policy, consumerNamespace, labels ?? {}));
}

function lets(policy: HostDeployPolicyObject, namespace: string, labels: Readonly<Record<string, string>>): boolean {
  const { names = [], nameMatches, hasLabels = [] } = policy.spec.hostClaimNamespaces ?? {};
  if (names.length === 0 && !nameMatches && hasLabels.length === 0) return false;
  if (names.length > 0 && !names.includes(namespace)) return false;
  if (nameMatches && !matchesWhole(nameMatches, namespace)) return false;
  return hasLabels.every(({ name, value }) => name in labels && (!value || labels[name] === value));
}

/** The whole name must match: a policy for `team-a` must not let `not-team-a-at-all` in. */
function matchesWhole(pattern: string, name: string): boolean {
  return patternError(pattern) === null && new RegExp(`^(?:${pattern})$`).test(name);
}
