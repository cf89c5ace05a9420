/**
 * The node poller: a handler of queue keys, one per Cluster. Reads nodes, control-plane pods and etcd members, writes what it saw, and
 * wakes whoever reads that when it is materially different. It decides nothing; a cluster that cannot be reached keeps its last nodes.
 */
import type { WorkloadClient } from '../drivers/workload/client.ts';
import { controlPlanePods } from '../drivers/workload/control-plane.ts';
import { WorkloadError } from '../drivers/workload/errors.ts';
import { listNodes } from '../drivers/workload/nodes.ts';
import { Cluster } from '../kinds/cluster/kind.ts';
import { type WorkloadPool, workloadPool } from '../operations/workload-access.ts';
import { isKind, type ObjectOf } from '../registry/define-kind.ts';
import type { Limits } from '../runtime/limits.ts';
import type { ControlPlaneSeen, NodesSeen } from '../runtime/seen.ts';
import { type Json, refKey, refOf } from '../store/object.ts';
import type { Change, Observation, Store, Wake } from '../store/store.ts';
import type { Collector } from './power.ts';
import { etcdSeen } from './workload-etcd.ts';
import { nodeSeen } from './workload-nodes.ts';

/** Name of its keys in the queue. */
export const WORKLOAD_COLLECTOR = 'collect-workload';

/** What polling needs. */
export interface WorkloadCollectorPorts {
  store: Store;
  limits: Limits;
}

/** Polls that may wait at once in one process: dead clusters must not take all of a worker's room. */
const MOST_AT_ONCE = 24;
/** While nodes are on their way, a fifth of the period: people watch. */
const BUSY_SHARE = 5;

type ClusterObject = ObjectOf<typeof Cluster>;

/** The handler. `againSeconds` = when the key is to run again; undefined = when it is woken. */
export function createWorkloadCollector(ports: WorkloadCollectorPorts): Collector {
  let polling = 0;
  return {
    name: WORKLOAD_COLLECTOR,
    async run(claim) {
      const ref = { group: Cluster.group, kind: Cluster.kind, namespace: claim.namespace, name: claim.name };
      const cluster = (await ports.store.get(ref)) as ClusterObject | null;
      if (!cluster) {
        workloadPool(ports.store).drop(ref);
        await ports.store.forget(refKey(ref));
        return {};
      }
      if (polling >= MOST_AT_ONCE) return { againSeconds: 1 };
      polling++;
      try {
        return await poll(ports, cluster);
      } finally {
        polling--;
      }
    },
  };
}

/** Keys to wake for a change: a Cluster that comes, goes or gets its endpoint, and its kubeconfig. */
export function workloadWakes({ before, after }: Change): Wake[] {
  const object = after ?? before;
  if (!object) return [];
  const namespace = object.metadata.namespace ?? '';
  if (isKind(Cluster, object)) {
    const endpoint = (one: typeof object | null) =>
      JSON.stringify((one as ClusterObject | null)?.spec.controlPlaneEndpoint ?? null);
    if (before && after && endpoint(before as typeof object) === endpoint(object)) return [];
    return [{ reconciler: WORKLOAD_COLLECTOR, namespace, name: object.metadata.name }];
  }
  const cluster = object.kind === 'Secret' ? /^(.+)-kubeconfig$/.exec(object.metadata.name)?.[1] : undefined;
  return cluster ? [{ reconciler: WORKLOAD_COLLECTOR, namespace, name: cluster }] : [];
}

async function poll(ports: WorkloadCollectorPorts, cluster: ClusterObject): Promise<{ againSeconds?: number }> {
  const { store, limits } = ports;
  const subject = refKey(refOf(cluster));
  const name = { namespace: cluster.metadata.namespace ?? '', name: cluster.metadata.name };
  const pool = workloadPool(store);
  const was = await lastSeen(store, subject);
  const seen = await look(pool, name, was, (await store.now()).toISOString());
  // No kubeconfig yet: its coming wakes us.
  if (!seen) return {};
  const changed = !same(seen.nodes, was.nodes) || !same(seen.controlPlane, was.controlPlane);
  const seenAt = (await store.now()).toISOString();
  const observation = (source: string, data: unknown): Observation => ({ subject, source, data: data as Json, seenAt });
  const observations = [observation('nodes', seen.nodes), observation('controlplane', seen.controlPlane)];
  await store.observe(observations, changed ? readers(cluster) : []);
  return {
    againSeconds: isBusy(cluster, seen.nodes) ? Math.max(1, limits.nodePollSeconds / BUSY_SHARE) : limits.nodePollSeconds,
  };
}

interface Seen {
  nodes: NodesSeen;
  controlPlane: ControlPlaneSeen;
}

async function lastSeen(store: Store, subject: string): Promise<Partial<Seen>> {
  const all = await store.observations(subject);
  const of = (source: string) => all.find((one) => one.source === source)?.data;
  return { nodes: of('nodes') as NodesSeen | undefined, controlPlane: of('controlplane') as ControlPlaneSeen | undefined };
}

/** null = there is nothing to look at yet. */
async function look(
  pool: WorkloadPool,
  cluster: { namespace: string; name: string },
  was: Partial<Seen>,
  now: string,
): Promise<Seen | null> {
  try {
    const client = await pool.client(cluster);
    if (!client) return null;
    return await reached(pool, client, cluster, was, now);
  } catch (error) {
    if (!(error instanceof WorkloadError)) throw error;
    return unreached(was, now, error.message);
  }
}

async function reached(
  pool: WorkloadPool,
  client: WorkloadClient,
  cluster: { namespace: string; name: string },
  was: Partial<Seen>,
  now: string,
): Promise<Seen> {
  const [version, nodes, pods] = await Promise.all([
    client.get<{ gitVersion?: string }>('/version'),
    listNodes(client),
    controlPlanePods(client),
  ]);
  const since = was.nodes?.reachable === true ? was.nodes.since : now;
  const etcd = await etcdSeen(pods, (node) => pool.etcd(cluster, client, node));
  return {
    nodes: { reachable: true, since, nodes: nodes.map(nodeSeen) },
    controlPlane: { reachable: true, since, ...(version.gitVersion ? { serverVersion: version.gitVersion } : {}), pods, etcd },
  };
}

/** Nothing is known anew: what was seen last stays, marked as such. */
function unreached(was: Partial<Seen>, now: string, error: string): Seen {
  const since = was.nodes?.reachable === false ? was.nodes.since : now;
  const away = { reachable: false, since, error };
  return {
    nodes: { ...away, nodes: was.nodes?.nodes ?? [] },
    controlPlane: { pods: [], etcd: { members: [] }, ...was.controlPlane, ...away },
  };
}

/** Whoever plans by what a cluster's nodes do. */
function readers(cluster: ClusterObject): Wake[] {
  const namespace = cluster.metadata.namespace ?? '';
  const labels = { 'cluster.x-k8s.io/cluster-name': cluster.metadata.name };
  const controlPlane = cluster.spec.controlPlaneRef?.name;
  return [
    { reconciler: 'clusters', namespace, name: cluster.metadata.name },
    { reconciler: 'machines', select: { group: Cluster.group, kind: 'Machine', namespace, labels } },
    { reconciler: 'machinehealthchecks', select: { group: Cluster.group, kind: 'MachineHealthCheck', namespace } },
    ...(controlPlane ? [{ reconciler: 'kubeadmcontrolplanes', namespace, name: controlPlane }] : []),
  ];
}

function isBusy(cluster: ClusterObject, nodes: NodesSeen): boolean {
  const joining = cluster.status?.initialization?.controlPlaneInitialized !== true && !nodes.reachable;
  const settling = nodes.nodes.some((node) => !node.conditions.some((one) => one.type === 'Ready' && one.status === 'True'));
  return joining || settling;
}

/** Heartbeats are not part of what is seen, so any difference is one. The words of an error are not. */
function same(a: { error?: string } | undefined, b: { error?: string } | undefined): boolean {
  return JSON.stringify({ ...a, error: undefined }) === JSON.stringify({ ...b, error: undefined });
}
