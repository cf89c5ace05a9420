/** A cluster's machines with their hosts, times and reasons. */
import { BareMetalHost, type BareMetalHostObject } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { Machine } from '@slipway/core/kinds/machine/kind.ts';
import { HOST_ANNOTATION, Metal3Machine, type Metal3MachineObject } from '@slipway/core/kinds/metal3-machine/kind.ts';
import { conditionOf } from '@slipway/core/kinds/shared/conditions.ts';
import { LABELS } from '@slipway/core/kinds/shared/labels.ts';
import { isPaused } from '@slipway/core/kinds/shared/paused.ts';
import type { ObjectOf } from '@slipway/core/registry/define-kind.ts';
import type { Because } from '@slipway/core/runtime/define-reconciler.ts';
import type { ProgressSeen } from '@slipway/core/runtime/seen.ts';
import type { Operation, Store } from '@slipway/core/store/store.ts';
import { becauseOf, type Sentences, subjectOf, URGENCY } from './because.ts';
import { all } from './read.ts';
import { type MachineTimes, type Stretch, stretches } from './timeline.ts';

type MachineObject = ObjectOf<typeof Machine>;

/** One machine, one row of the timeline. */
export interface MachineRow {
  namespace: string;
  name: string;
  phase: string;
  version: string;
  nodeName: string | null;
  ready: 'True' | 'False' | 'Unknown' | null;
  host: { namespace: string; name: string } | null;
  /** Which of the cluster's owners it counts to. */
  controlPlane: boolean;
  deployment: string | null;
  createdAt: string;
  stretches: Stretch[];
  progress: ProgressSeen | null;
  because: Because | null;
  paused: boolean;
}

/** All machines of a cluster, oldest first. Reads each host's operations: a cluster has hundreds of machines, not thousands. */
export async function machineRows(store: Store, namespace: string, cluster: string, sentences: Sentences): Promise<MachineRow[]> {
  const labels = [{ key: LABELS.clusterName, op: 'in' as const, values: [cluster] }];
  const [machines, infrastructure] = await Promise.all([
    all(store, Machine, { namespace, labels }),
    all(store, Metal3Machine, { namespace, labels }),
  ]);
  const byName = new Map(infrastructure.map((one) => [one.metadata.name, one]));
  const rows = await Promise.all(
    machines.map((machine) => machineRow(store, machine, byName.get(machine.spec.infrastructureRef.name) ?? null, sentences)),
  );
  return rows.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.name.localeCompare(b.name));
}

async function machineRow(
  store: Store,
  machine: MachineObject,
  infrastructure: Metal3MachineObject | null,
  sentences: Sentences,
): Promise<MachineRow> {
  const { metadata, spec, status } = machine;
  const host = await hostOf(store, infrastructure);
  const [operations, seen] = host
    ? await Promise.all([store.operations(host.metadata.uid), store.observations(subjectOf(host))])
    : [[], []];
  const progress = seen.find(({ source }) => source === 'progress')?.data as unknown as ProgressSeen | undefined;
  const running = status?.phase === 'Running';
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    phase: status?.phase ?? 'Pending',
    version: spec.version ?? '',
    nodeName: status?.nodeRef?.name ?? null,
    ready: conditionOf(machine, 'Ready')?.status ?? null,
    host: host ? { namespace: host.metadata.namespace ?? '', name: host.metadata.name } : null,
    controlPlane: metadata.labels?.[LABELS.controlPlane] !== undefined,
    deployment: metadata.labels?.[LABELS.deploymentName] ?? null,
    createdAt: metadata.creationTimestamp,
    stretches: stretches(machineTimes(machine, host, operations)),
    progress: running ? null : (progress ?? null),
    because: deepest([machine, infrastructure, running ? null : host], sentences),
    paused: isPaused(null, machine),
  };
}

async function hostOf(store: Store, infrastructure: Metal3MachineObject | null): Promise<BareMetalHostObject | null> {
  const [namespace, name] = infrastructure?.metadata.annotations?.[HOST_ANNOTATION]?.split('/') ?? [];
  if (!namespace || !name) return null;
  const host = await store.get({ group: BareMetalHost.group, kind: BareMetalHost.kind, namespace, name });
  return host as BareMetalHostObject | null;
}

/** The times of a machine's making, from what its objects and its host's operations say. */
export function machineTimes(
  machine: MachineObject,
  host: BareMetalHostObject | null,
  operations: readonly Operation[],
): MachineTimes {
  const { metadata, status } = machine;
  const written = operations.find(
    ({ kind, createdAt }) => kind === 'agent.writeImage' && createdAt >= metadata.creationTimestamp,
  );
  const provision = host?.status?.operationHistory?.provision;
  return {
    created: metadata.creationTimestamp,
    claimed: provision?.start ?? undefined,
    writeStarted: written?.startedAt ?? written?.createdAt,
    writeEnded: written?.state === 'succeeded' ? written.finishedAt : undefined,
    provisioned: provision?.end ?? undefined,
    running: status?.phase === 'Running' ? status.lastUpdated : undefined,
    deleting: metadata.deletionTimestamp,
  };
}

/** The most urgent sentence; among equals the one nearest the metal, since it names the cause and not its echo. */
function deepest(objects: readonly (Parameters<typeof becauseOf>[0] | null)[], sentences: Sentences): Because | null {
  const said = objects.flatMap((object) => (object ? (becauseOf(object, sentences) ?? []) : [])).reverse();
  return said.sort((a, b) => URGENCY[a.tone] - URGENCY[b.tone])[0] ?? null;
}
