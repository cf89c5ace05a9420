/** Nodes of a workload cluster. */
import type { WorkloadClient } from './client.ts';

/** The fields of a Node that we read. */
export interface WorkloadNode {
  metadata: {
    name: string;
    uid: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: { providerID?: string; unschedulable?: boolean; taints?: { key: string; value?: string; effect: string }[] };
  status?: {
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
    addresses?: { type: string; address: string }[];
    nodeInfo?: { kubeletVersion?: string; osImage?: string };
  };
}

/** The taint that keeps pods off a worker until its Machine's labels are on the Node. */
export const UNINITIALIZED = 'node.cluster.x-k8s.io/uninitialized';

/** All nodes. */
export function listNodes(client: WorkloadClient): Promise<WorkloadNode[]> {
  return client.list<WorkloadNode>('/api/v1/nodes');
}

/** Marks a node as not taking new pods. Nothing if it is marked. */
export async function cordon(client: WorkloadClient, node: string): Promise<void> {
  await client.patch(nodePath(node), 'strategic', { spec: { unschedulable: true } });
}

/** Sets labels and annotations and takes the uninitialized taint away. Writes nothing where it is so already. */
export async function syncNode(
  client: WorkloadClient,
  node: string,
  wanted: { labels: Record<string, string>; annotations: Record<string, string> },
): Promise<void> {
  const is = await client.get<WorkloadNode>(nodePath(node));
  const taints = is.spec?.taints ?? [];
  const tainted = taints.some((taint) => taint.key === UNINITIALIZED);
  const labels = differing(wanted.labels, is.metadata.labels);
  const annotations = differing(wanted.annotations, is.metadata.annotations);
  if (!tainted && Object.keys(labels).length + Object.keys(annotations).length === 0) return;
  await client.patch(nodePath(node), 'merge', {
    metadata: { labels, annotations },
    ...(tainted ? { spec: { taints: taints.filter((taint) => taint.key !== UNINITIALIZED) } } : {}),
  });
}

/** Deletes a Node; a missing one is fine. */
export function deleteNode(client: WorkloadClient, node: string): Promise<void> {
  return client.remove(nodePath(node));
}

function differing(wanted: Record<string, string>, is: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => is[key] !== value));
}

function nodePath(node: string): string {
  return `/api/v1/nodes/${encodeURIComponent(node)}`;
}
