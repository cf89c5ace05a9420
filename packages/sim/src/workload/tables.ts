/** Server-side printing (meta.k8s.io/v1 Table) for `kubectl get`. */
import type { Obj } from './objects.ts';
import type { Resource } from './resources.ts';

interface Col {
  name: string;
  wide?: boolean;
  of: (object: Obj) => string | number;
}

const AGE: Col = { name: 'Age', of: (object) => age(object.metadata.creationTimestamp) };

const COLUMNS: Record<string, Col[]> = {
  nodes: [
    { name: 'Status', of: nodeStatus },
    { name: 'Roles', of: roles },
    AGE,
    { name: 'Version', of: (node) => node.status?.nodeInfo?.kubeletVersion ?? '' },
    {
      name: 'Internal-IP',
      wide: true,
      of: (node) => node.status?.addresses?.find((one: { type: string }) => one.type === 'InternalIP')?.address ?? '<none>',
    },
    { name: 'External-IP', wide: true, of: () => '<none>' },
    { name: 'OS-Image', wide: true, of: (node) => node.status?.nodeInfo?.osImage ?? '' },
    { name: 'Kernel-Version', wide: true, of: (node) => node.status?.nodeInfo?.kernelVersion ?? '' },
    { name: 'Container-Runtime', wide: true, of: (node) => node.status?.nodeInfo?.containerRuntimeVersion ?? '' },
  ],
  pods: [
    { name: 'Ready', of: (pod) => `${isReady(pod) ? 1 : 0}/1` },
    { name: 'Status', of: (pod) => (pod.metadata.deletionTimestamp ? 'Terminating' : (pod.status?.phase ?? 'Unknown')) },
    { name: 'Restarts', of: () => 0 },
    AGE,
    { name: 'IP', wide: true, of: (pod) => pod.status?.podIP ?? '<none>' },
    { name: 'Node', wide: true, of: (pod) => pod.spec?.nodeName ?? '<none>' },
  ],
  daemonsets: [
    { name: 'Desired', of: (set) => set.status?.desiredNumberScheduled ?? 0 },
    { name: 'Current', of: (set) => set.status?.currentNumberScheduled ?? 0 },
    { name: 'Ready', of: (set) => set.status?.numberReady ?? 0 },
    AGE,
  ],
  deployments: [
    { name: 'Ready', of: (one) => `${one.status?.readyReplicas ?? 0}/${one.spec?.replicas ?? 1}` },
    { name: 'Available', of: (one) => one.status?.availableReplicas ?? 0 },
    AGE,
  ],
  namespaces: [{ name: 'Status', of: (one) => one.status?.phase ?? 'Active' }, AGE],
};

/** The Table of these objects. */
export function tableOf(resource: Resource, objects: Obj[], resourceVersion: string) {
  const columns = COLUMNS[resource.plural] ?? [AGE];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
      ...columns.map(({ name, wide }) => ({ name, type: 'string', format: '', description: '', priority: wide ? 1 : 0 })),
    ],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...columns.map((column) => column.of(object))],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

function nodeStatus(node: Obj): string {
  const status = node.status?.conditions?.find((one: { type: string }) => one.type === 'Ready')?.status;
  const ready = status === 'True' ? 'Ready' : status === 'False' || status === 'Unknown' ? 'NotReady' : 'Unknown';
  return node.spec?.unschedulable ? `${ready},SchedulingDisabled` : ready;
}

function roles(node: Obj): string {
  const prefix = 'node-role.kubernetes.io/';
  const found = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return found.map((label) => label.slice(prefix.length)).join(',') || '<none>';
}

function isReady(pod: Obj): boolean {
  return (
    pod.status?.conditions?.some((one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True') ??
    false
  );
}

function age(since: string | undefined): string {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(since ?? '')) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
