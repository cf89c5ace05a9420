/** Draining: cordon, then evict what may be moved, respecting PodDisruptionBudgets (Cluster API: one pass evicts for at most 10 s). */
import type { WorkloadClient } from './client.ts';
import { isWorkloadError } from './errors.ts';
import { cordon } from './nodes.ts';

/** One pass evicts for at most this long; the planner asks again (reference 2.2). */
const PASS_MS = 10_000;

/** The fields of a Pod that we read. */
export interface WorkloadPod {
  metadata: {
    name: string;
    namespace: string;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; controller?: boolean }[];
  };
  spec?: { nodeName?: string };
  status?: { phase?: string; conditions?: { type: string; status: string; message?: string }[] };
}

/** How far a pass came. Done when `left` is empty. */
export interface Drained {
  /** Pods still there: `namespace/name`, at most ten. */
  left: string[];
  /** Why some could not be evicted, at most three sentences. */
  blocked: string[];
}

/** One pass. A node that is gone counts as drained. Throws WorkloadError. */
export async function drainPass(client: WorkloadClient, node: string, passMs = PASS_MS): Promise<Drained> {
  try {
    await cordon(client, node);
  } catch (error) {
    if (isWorkloadError(error, 'notFound')) return { left: [], blocked: [] };
    throw error;
  }
  const end = Date.now() + passMs;
  const blocked: string[] = [];
  for (const pod of await movable(client, node)) {
    if (Date.now() > end) break;
    if (pod.metadata.deletionTimestamp) continue;
    const why = await evict(client, pod);
    if (why && blocked.length < 3) blocked.push(why);
  }
  const left = (await movable(client, node)).map(nameOf);
  return { left: left.slice(0, 10), blocked };
}

/** Pods of a node that a drain moves: not static ones, not DaemonSets', not finished ones, not those marked to be skipped. */
async function movable(client: WorkloadClient, node: string): Promise<WorkloadPod[]> {
  const pods = await client.list<WorkloadPod>('/api/v1/pods', { fieldSelector: `spec.nodeName=${node}` });
  return pods.filter(({ metadata, status }) => {
    const isStatic = metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
    const isDaemon = metadata.ownerReferences?.some((owner) => owner.controller && owner.kind === 'DaemonSet') ?? false;
    const isSkipped = metadata.labels?.['cluster.x-k8s.io/drain'] === 'skip';
    const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    return !isStatic && !isDaemon && !isSkipped && !isOver;
  });
}

/** Evicts; the answer says why it may not be. */
async function evict(client: WorkloadClient, pod: WorkloadPod): Promise<string | undefined> {
  const { namespace, name } = pod.metadata;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
  try {
    await client.create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body);
    return undefined;
  } catch (error) {
    if (isWorkloadError(error, 'notFound')) return undefined;
    if (isWorkloadError(error, 'tooManyRequests')) return `${nameOf(pod)}: a PodDisruptionBudget does not allow it now`;
    throw error;
  }
}

function nameOf({ metadata }: WorkloadPod): string {
  return `${metadata.namespace}/${metadata.name}`;
}
