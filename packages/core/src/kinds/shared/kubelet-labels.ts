/** Which labels kubelet refuses to give its own node (`--node-labels`; k8s.io/kubernetes cmd/kubelet/app/options, NodeRestriction). */

const ALLOWED = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);

/** Whether kubelet may set this label on its own node. */
export function kubeletMaySet(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return true;
  const domain = key.slice(0, slash);
  const within = (parent: string) => domain === parent || domain.endsWith(`.${parent}`);
  if (!within('kubernetes.io') && !within('k8s.io')) return true;
  return ALLOWED.has(key) || within('kubelet.kubernetes.io') || within('node.kubernetes.io');
}

/** The labels of a `--node-labels` value (`a=b,c=d`) that kubelet refuses, as keys. */
export function refusedNodeLabels(value: string): string[] {
  const keys = value.split(',').map((pair) => pair.trim().split('=')[0] ?? '');
  return keys.filter((key) => key !== '' && !kubeletMaySet(key));
}
