/** Clusters: the list's rows, and one cluster whole. */
import { Cluster } from '@slipway/core/kinds/cluster/kind.ts';
import { KubeadmControlPlane } from '@slipway/core/kinds/kubeadm-control-plane/kind.ts';
import { MachineDeployment } from '@slipway/core/kinds/machine-deployment/kind.ts';
import { conditionOf } from '@slipway/core/kinds/shared/conditions.ts';
import { GROUPS, LABELS } from '@slipway/core/kinds/shared/labels.ts';
import { isPaused } from '@slipway/core/kinds/shared/paused.ts';
import type { ObjectOf } from '@slipway/core/registry/define-kind.ts';
import type { Because } from '@slipway/core/runtime/define-reconciler.ts';
import type { ControlPlaneSeen, NodesSeen } from '@slipway/core/runtime/seen.ts';
import type { Condition, KubeObject } from '@slipway/core/store/object.ts';
import type { Observation, Store } from '@slipway/core/store/store.ts';
import { becauseOf, type Sentences, subjectOf } from './because.ts';
import { type EventView, eventsAbout } from './events.ts';
import { withoutManagedFields } from './host-detail.ts';
import { type MachineRow, machineRows } from './machines.ts';
import { all, observed, one } from './read.ts';

type ClusterObject = ObjectOf<typeof Cluster>;

/** Desired, ready, available and up to date; undefined = not reckoned yet. */
export interface Counts {
  desired?: number;
  ready?: number;
  available?: number;
  upToDate?: number;
}

/** What the cluster's own nodes said last. `seenAt` is the last look that worked; undefined = never. */
export interface ReachView {
  reachable: boolean;
  since: string;
  seenAt?: string;
  error?: string;
}

/** One cluster, one line: kubectl's columns and the reason. */
export interface ClusterRow {
  namespace: string;
  name: string;
  phase: string;
  /** null = the condition is not there yet. */
  available: boolean | null;
  controlPlane: Counts;
  workers: Counts;
  version: string;
  endpoint: string | null;
  reach: ReachView | null;
  paused: boolean;
  because: Because | null;
  createdAt: string;
}

/** What owns machines: the control plane or a pool. */
export interface MachineGroup {
  kind: 'KubeadmControlPlane' | 'MachineDeployment' | 'Machines without owner';
  name: string;
  desired: number | null;
  ready: number;
  version: string;
  because: Because | null;
  paused: boolean;
  machines: MachineRow[];
}

/** The page of one cluster. */
export interface ClusterDetail {
  now: string;
  row: ClusterRow;
  podNetworks: string[];
  conditions: Condition[];
  groups: MachineGroup[];
  events: EventView[];
  object: KubeObject;
}

/** All clusters by name, with the moment of reading. */
export async function clusterList(store: Store): Promise<{ now: string; rows: ClusterRow[] }> {
  const [now, clusters, planes, sentences, nodes] = await Promise.all([
    store.now(),
    all(store, Cluster),
    all(store, KubeadmControlPlane),
    observed(store, 'because'),
    observed(store, 'nodes'),
  ]);
  const plane = (cluster: ClusterObject) =>
    planes.find(
      ({ metadata }) => metadata.namespace === cluster.metadata.namespace && metadata.name === cluster.spec.controlPlaneRef?.name,
    );
  const rows = clusters.map((cluster) => clusterRow(cluster, plane(cluster), sentences, nodes.get(subjectOf(cluster))));
  return { now: now.toISOString(), rows: rows.sort((a, b) => a.name.localeCompare(b.name)) };
}

/** Reads one cluster. Throws `notFound`. */
export async function clusterDetail(store: Store, namespace: string, name: string): Promise<ClusterDetail> {
  const cluster = await one(store, Cluster, namespace, name);
  const subject = subjectOf(cluster);
  const [now, sentences, seen, plane, deployments] = await Promise.all([
    store.now(),
    observed(store, 'because'),
    store.observations(subject),
    planeOf(store, cluster),
    all(store, MachineDeployment, { namespace, labels: [{ key: LABELS.clusterName, op: 'in', values: [name] }] }),
  ]);
  const machines = await machineRows(store, namespace, name, sentences);
  const groups = groupsOf(plane, deployments, machines, sentences);
  const names = new Set([name, ...groups.map((group) => group.name), ...machines.map((machine) => machine.name)]);
  return {
    now: now.toISOString(),
    row: clusterRow(
      cluster,
      plane ?? undefined,
      sentences,
      seen.find(({ source }) => source === 'nodes'),
    ),
    podNetworks: cluster.spec.clusterNetwork?.pods?.cidrBlocks ?? [],
    conditions: cluster.status?.conditions ?? [],
    groups,
    events: await eventsAbout(store, namespace, (object) => names.has(object.name), 200),
    object: withoutManagedFields(cluster),
  };
}

async function planeOf(store: Store, cluster: ClusterObject) {
  const ref = cluster.spec.controlPlaneRef;
  if (ref?.apiGroup !== GROUPS.controlPlane) return null;
  const found = await store.get({
    group: ref.apiGroup,
    kind: ref.kind,
    namespace: cluster.metadata.namespace ?? '',
    name: ref.name,
  });
  return found as ObjectOf<typeof KubeadmControlPlane> | null;
}

function clusterRow(
  cluster: ClusterObject,
  plane: ObjectOf<typeof KubeadmControlPlane> | undefined,
  sentences: Sentences,
  nodes: Observation | undefined,
): ClusterRow {
  const { metadata, spec, status } = cluster;
  const available = conditionOf(cluster, 'Available')?.status;
  const endpoint = spec.controlPlaneEndpoint;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    phase: status?.phase ?? 'Pending',
    available: available === undefined || available === 'Unknown' ? null : available === 'True',
    controlPlane: counts(status?.controlPlane),
    workers: counts(status?.workers),
    version: spec.topology?.version ?? plane?.spec.version ?? '',
    endpoint: endpoint?.host ? `${endpoint.host}:${endpoint.port}` : null,
    reach: reachView(nodes),
    paused: isPaused(cluster, cluster),
    because: becauseOf(cluster, sentences),
    createdAt: metadata.creationTimestamp,
  };
}

function counts(of: NonNullable<ClusterObject['status']>['controlPlane']): Counts {
  return {
    desired: of?.desiredReplicas,
    ready: of?.readyReplicas,
    available: of?.availableReplicas,
    upToDate: of?.upToDateReplicas,
  };
}

/** Lost contact is not sickness: it is told apart from what the nodes last said. */
export function reachView(observation: Observation | undefined): ReachView | null {
  const seen = observation?.data as unknown as NodesSeen | ControlPlaneSeen | null | undefined;
  if (!observation || !seen) return null;
  return {
    reachable: seen.reachable,
    since: seen.since,
    ...(seen.reachable ? { seenAt: observation.seenAt } : {}),
    ...(seen.error ? { error: seen.error } : {}),
  };
}

function groupsOf(
  plane: ObjectOf<typeof KubeadmControlPlane> | null,
  deployments: readonly ObjectOf<typeof MachineDeployment>[],
  machines: readonly MachineRow[],
  sentences: Sentences,
): MachineGroup[] {
  const isReady = (machine: MachineRow) => machine.ready === 'True';
  const make = (kind: MachineGroup['kind'], name: string, members: MachineRow[], more: Partial<MachineGroup>): MachineGroup => ({
    kind,
    name,
    desired: null,
    ready: members.filter(isReady).length,
    version: '',
    because: null,
    paused: false,
    machines: members,
    ...more,
  });
  const groups: MachineGroup[] = [];
  if (plane) {
    const { desired, version } = { desired: plane.spec.replicas ?? 1, version: plane.spec.version };
    const more = { desired, version, because: becauseOf(plane, sentences), paused: isPaused(null, plane) };
    groups.push(
      make(
        'KubeadmControlPlane',
        plane.metadata.name,
        machines.filter((one) => one.controlPlane),
        more,
      ),
    );
  }
  for (const md of deployments) {
    const members = machines.filter((one) => !one.controlPlane && one.deployment === md.metadata.name);
    const more = { desired: md.spec.replicas ?? null, version: md.spec.template.spec.version ?? '' };
    const state = { because: becauseOf(md, sentences), paused: isPaused(null, md) || md.spec.paused === true };
    groups.push(make('MachineDeployment', md.metadata.name, members, { ...more, ...state }));
  }
  const grouped = new Set(groups.flatMap((group) => group.machines));
  const rest = machines.filter((machine) => !grouped.has(machine));
  return rest.length > 0 ? [...groups, make('Machines without owner', '', rest, {})] : groups;
}
