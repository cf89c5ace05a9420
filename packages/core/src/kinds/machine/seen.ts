/** What the planner of a Machine looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import type { NodesSeen } from '../../runtime/seen.ts';
import { type Condition, type KubeObject, refKey, refOf } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import { Cluster } from '../cluster/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { Machine } from './kind.ts';

/** A Machine object. */
export type MachineObject = ObjectOf<typeof Machine>;
/** A Cluster object. */
export type ClusterObject = ObjectOf<typeof Cluster>;

/** What the contract with bootstrap and infrastructure providers lets a Machine read of their objects. */
export type Provided = KubeObject<
  { providerID?: string; failureDomain?: string },
  {
    conditions?: Condition[];
    initialization?: { provisioned?: boolean; dataSecretCreated?: boolean };
    dataSecretName?: string;
    addresses?: NonNullable<MachineObject['status']>['addresses'];
    failureDomain?: string;
  }
>;

/** Facts in. */
export interface Seen {
  self: MachineObject;
  cluster: ClusterObject | null;
  controlPlane: KubeObject | null;
  bootstrap: Provided | null;
  infrastructure: Provided | null;
  /** What the collector saw of the cluster's nodes last; null = it has not looked yet. */
  nodes: NodesSeen | null;
  /** RFC 3339; when. */
  nodesSeenAt: string | null;
  operations: Operation[];
  /** Whether a control-plane Machine remains that is not going; read while this one goes. */
  controlPlaneLeft: boolean;
}

/** Reads it. */
export async function observe(reader: Reader, key: { namespace: string; name: string }): Promise<Seen | null> {
  const { namespace } = key;
  const self = await reader.get(Machine, namespace, key.name);
  if (!self) return null;
  const { bootstrap, infrastructureRef, clusterName } = self.spec;
  const cluster = await reader.get(Cluster, namespace, clusterName);
  const referred = (ref: { apiGroup: string; kind: string; name: string } | undefined) =>
    ref ? reader.getAny(ref.apiGroup, ref.kind, namespace, ref.name) : Promise.resolve(null);
  const nodes = cluster
    ? (await reader.observations(refKey(refOf(cluster)))).find(({ source }) => source === 'nodes')
    : undefined;
  return {
    self,
    cluster,
    controlPlane: await referred(cluster?.spec.controlPlaneRef),
    bootstrap: (await referred(bootstrap.configRef)) as Provided | null,
    infrastructure: (await referred(infrastructureRef)) as Provided | null,
    nodes: (nodes?.data as NodesSeen | undefined) ?? null,
    nodesSeenAt: nodes?.seenAt ?? null,
    operations: await reader.operations(self.metadata.uid),
    controlPlaneLeft: self.metadata.deletionTimestamp ? await anyControlPlane(reader, self) : true,
  };
}

async function anyControlPlane(reader: Reader, self: MachineObject): Promise<boolean> {
  const selector = { matchLabels: { [LABELS.clusterName]: self.spec.clusterName, [LABELS.controlPlane]: '' } };
  const machines = await reader.list(Machine, self.metadata.namespace, selector);
  return machines.some((machine) => machine.metadata.deletionTimestamp === undefined);
}
