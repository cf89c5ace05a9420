/** What the planner of a Cluster looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import type { NodesSeen } from '../../runtime/seen.ts';
import { type Condition, controllerOf, type KubeObject, refKey, refOf } from '../../store/object.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { MachineHealthCheck } from '../machine-health-check/kind.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { Cluster } from './kind.ts';

/** A Cluster object. */
export type ClusterObject = ObjectOf<typeof Cluster>;

/** What the contract lets a Cluster read of its infrastructure. */
export type Infrastructure = KubeObject<
  { controlPlaneEndpoint?: { host?: string; port?: number } },
  {
    conditions?: Condition[];
    initialization?: { provisioned?: boolean };
    failureDomains?: NonNullable<ClusterObject['status']>['failureDomains'];
  }
>;

/** What the contract lets a Cluster read of its control plane. */
export type ControlPlane = KubeObject<
  { replicas?: number },
  {
    conditions?: Condition[];
    initialization?: { controlPlaneInitialized?: boolean };
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    upToDateReplicas?: number;
    versions?: { version: string; replicas?: number }[];
  }
>;

/** Facts in. */
export interface Seen {
  self: ClusterObject;
  infrastructure: Infrastructure | null;
  controlPlane: ControlPlane | null;
  deployments: ObjectOf<typeof MachineDeployment>[];
  sets: ObjectOf<typeof MachineSet>[];
  healthChecks: ObjectOf<typeof MachineHealthCheck>[];
  machines: ObjectOf<typeof Machine>[];
  /** Templates that its parts name: they go with the cluster. */
  templates: KubeObject[];
  nodes: NodesSeen | null;
}

/** Reads it. */
export async function observe(reader: Reader, key: { namespace: string; name: string }): Promise<Seen | null> {
  const { namespace, name } = key;
  const self = await reader.get(Cluster, namespace, name);
  if (!self) return null;
  const referred = (ref: { apiGroup: string; kind: string; name: string } | undefined) =>
    ref ? reader.getAny(ref.apiGroup, ref.kind, namespace, ref.name) : Promise.resolve(null);
  const ofCluster = <Each extends KubeObject>(object: Each) => (object.spec as { clusterName?: string }).clusterName === name;
  const deployments = (await reader.list(MachineDeployment, namespace)).filter(ofCluster);
  const nodes = (await reader.observations(refKey(refOf(self)))).find(({ source }) => source === 'nodes');
  const controlPlane = (await referred(self.spec.controlPlaneRef)) as ControlPlane | null;
  const named = [
    machineTemplateRef(controlPlane),
    ...deployments.flatMap((each) => [each.spec.template.spec.infrastructureRef, each.spec.template.spec.bootstrap.configRef]),
  ];
  const templates = await Promise.all(named.map(referred));
  return {
    self,
    infrastructure: (await referred(self.spec.infrastructureRef)) as Infrastructure | null,
    controlPlane,
    deployments,
    sets: (await reader.list(MachineSet, namespace)).filter(ofCluster),
    healthChecks: (await reader.list(MachineHealthCheck, namespace)).filter(ofCluster),
    machines: await reader.list(Machine, namespace, { matchLabels: { [LABELS.clusterName]: name } }),
    templates: unique(templates.filter((each) => each !== null)),
    nodes: (nodes?.data as NodesSeen | undefined) ?? null,
  };
}

function machineTemplateRef(controlPlane: ControlPlane | null) {
  const spec = controlPlane?.spec as
    | { machineTemplate?: { spec?: { infrastructureRef?: { apiGroup: string; kind: string; name: string } } } }
    | undefined;
  return spec?.machineTemplate?.spec?.infrastructureRef;
}

function unique(objects: KubeObject[]): KubeObject[] {
  return [...new Map(objects.map((object) => [object.metadata.uid, object])).values()];
}

/** Machines that are no control plane's. */
export function workersOf(seen: Seen): Seen['machines'] {
  return seen.machines.filter((machine) => machine.metadata.labels?.[LABELS.controlPlane] === undefined);
}

/** MachineSets and worker Machines that nobody but the cluster controls. */
export function standalone<Each extends KubeObject>(objects: readonly Each[]): Each[] {
  return objects.filter((object) => controllerOf(object) === undefined);
}
