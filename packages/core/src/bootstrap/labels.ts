/**
 * Node labels that a kubelet may not give itself. kubelet exits if `--node-labels` holds one (kubelet options,
 * `kubeletapis.IsKubeletLabel`), so a machine with such a label would never join. Pure and browser-safe.
 */
import type { Arg, KubeadmConfigSpec } from './inputs.ts';

const ALLOWED = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'node.kubernetes.io/instance-type',
]);
const ALLOWED_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const RESERVED_DOMAINS = ['kubernetes.io', 'k8s.io'];

/** Whether kubelet refuses this label key for its own node. */
export function isRefusedByKubelet(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return false;
  const domain = key.slice(0, slash);
  const within = (parent: string) => domain === parent || domain.endsWith(`.${parent}`);
  return RESERVED_DOMAINS.some(within) && !ALLOWED.has(key) && !ALLOWED_DOMAINS.some(within);
}

/** Splits the text of `--node-labels`. */
export function parseNodeLabels(text: string): { key: string; value: string }[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? { key: part, value: '' } : { key: part.slice(0, equals), value: part.slice(equals + 1) };
    });
}

/** kubelet arguments without the labels it would refuse, and the keys left out. An emptied `node-labels` goes away. */
export function withoutRefusedLabels(args: readonly Arg[]): { args: Arg[]; leftOut: string[] } {
  const leftOut: string[] = [];
  const kept: Arg[] = [];
  for (const arg of args) {
    if (arg.name !== 'node-labels') {
      kept.push(arg);
      continue;
    }
    const labels = parseNodeLabels(arg.value ?? '');
    leftOut.push(...labels.filter((label) => isRefusedByKubelet(label.key)).map((label) => label.key));
    const good = labels.filter((label) => !isRefusedByKubelet(label.key));
    if (good.length > 0) kept.push({ name: arg.name, value: good.map((label) => `${label.key}=${label.value}`).join(',') });
  }
  return { args: kept, leftOut };
}

/** Every label key of a KubeadmConfigSpec that kubelet would refuse, with the field it stands in. */
export function refusedLabels(spec: KubeadmConfigSpec): { field: string; key: string }[] {
  const fields = {
    'initConfiguration.nodeRegistration.kubeletExtraArgs': spec.initConfiguration?.nodeRegistration?.kubeletExtraArgs,
    'joinConfiguration.nodeRegistration.kubeletExtraArgs': spec.joinConfiguration?.nodeRegistration?.kubeletExtraArgs,
  };
  return Object.entries(fields).flatMap(([field, args]) =>
    withoutRefusedLabels(args ?? []).leftOut.map((key) => ({ field, key })),
  );
}

/** The `Warning` sentences for a KubeadmConfigSpec, one for each refused label. `path` is the spec's own path. */
export function labelWarnings(spec: KubeadmConfigSpec, path: string): string[] {
  return refusedLabels(spec).map(
    ({ field, key }) =>
      `${path}.${field}: kubelet may not set label ${key} on its own node and would not start; it is left out. ` +
      (key === 'node-role.kubernetes.io/control-plane'
        ? 'kubeadm sets it on control-plane nodes by itself'
        : 'Set it as a Machine label instead'),
  );
}
