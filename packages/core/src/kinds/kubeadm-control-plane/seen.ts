/** What the planner of a KubeadmControlPlane looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import type { ControlPlaneSeen } from '../../runtime/seen.ts';
import { controllerOf, type KubeObject, refKey, refOf } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import { Cluster } from '../cluster/kind.ts';
import { clusterSecrets } from '../kubeadm-config/inputs-of.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster, type Metal3ClusterObject } from '../metal3-cluster/kind.ts';
import { type HostWorld, readHosts } from '../metal3-machine/host-facts.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage, type OSImageObject } from '../os-image/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { Site, type SiteObject } from '../site/kind.ts';
import { KubeadmControlPlane } from './kind.ts';
import { outdated } from './up-to-date.ts';

/** A KubeadmControlPlane object. */
export type ControlPlaneObject = ObjectOf<typeof KubeadmControlPlane>;
/** A Machine object. */
export type MachineObject = ObjectOf<typeof Machine>;
/** A KubeadmConfig object. */
export type ConfigObject = ObjectOf<typeof KubeadmConfig>;

/** One of its Machines with what it was made of. */
export interface Member {
  machine: MachineObject;
  config: ConfigObject | null;
  infrastructure: KubeObject | null;
}

/** Facts in. */
export interface Seen {
  self: ControlPlaneObject;
  cluster: ObjectOf<typeof Cluster> | null;
  metal3Cluster: Metal3ClusterObject | null;
  sites: SiteObject[];
  /** What infrastructure objects are cloned from. */
  template: KubeObject | null;
  members: Member[];
  /** Names of the cluster's other Machines; read while it is deleted. */
  workers: string[];
  /** What the collector saw of the control plane last; null = it has not looked yet. */
  health: ControlPlaneSeen | null;
  images: OSImageObject[];
  /** For the choice of failure domains; read when a machine may be made. */
  world: HostWorld | null;
  missingSecrets: string[];
  operations: Operation[];
}

/** Reads it. */
export async function observe(reader: Reader, key: { namespace: string; name: string }): Promise<Seen | null> {
  const { namespace } = key;
  const self = await reader.get(KubeadmControlPlane, namespace, key.name);
  if (!self) return null;
  const clusterName = await clusterNameOf(reader, self);
  const cluster = clusterName ? await reader.get(Cluster, namespace, clusterName) : null;
  const { infrastructureRef } = self.spec.machineTemplate.spec;
  const infrastructure = cluster?.spec.infrastructureRef;
  const machines = clusterName
    ? await reader.list(Machine, namespace, { matchLabels: { [LABELS.clusterName]: clusterName } })
    : [];
  const members = await Promise.all(
    machines.filter((machine) => isMine(machine, self)).map((machine) => memberOf(reader, machine)),
  );
  const template = await reader.getAny(infrastructureRef.apiGroup, infrastructureRef.kind, namespace, infrastructureRef.name);
  const metal = template?.kind === Metal3MachineTemplate.kind;
  const health = cluster
    ? (await reader.observations(refKey(refOf(cluster)))).find(({ source }) => source === 'controlplane')
    : undefined;
  return {
    self,
    cluster,
    metal3Cluster:
      infrastructure?.kind === Metal3Cluster.kind ? await reader.get(Metal3Cluster, namespace, infrastructure.name) : null,
    sites: await reader.list(Site, undefined),
    template,
    members,
    workers: self.metadata.deletionTimestamp ? machines.filter(isWorker).map(({ metadata }) => metadata.name) : [],
    health: (health?.data as ControlPlaneSeen | undefined) ?? null,
    images: metal ? await reader.list(OSImage, undefined) : [],
    world: metal && mayCreate(self, members) ? await readHosts(reader, namespace) : null,
    missingSecrets: clusterName ? await missing(reader, namespace, clusterName) : [],
    operations: await reader.operations(self.metadata.uid),
  };
}

/** By its label, set from the Cluster that names it; else by that Cluster's owner reference. */
async function clusterNameOf(reader: Reader, self: ControlPlaneObject): Promise<string | undefined> {
  const owner = self.metadata.ownerReferences?.find((each) => each.kind === Cluster.kind);
  if (owner) return owner.name;
  const name = self.metadata.labels?.[LABELS.clusterName];
  return name && (await reader.get(Cluster, self.metadata.namespace ?? '', name)) ? name : undefined;
}

function isMine(machine: MachineObject, self: ControlPlaneObject): boolean {
  return controllerOf(machine)?.uid === self.metadata.uid;
}

function isWorker(machine: MachineObject): boolean {
  return machine.metadata.labels?.[LABELS.controlPlane] === undefined;
}

async function memberOf(reader: Reader, machine: MachineObject): Promise<Member> {
  const namespace = machine.metadata.namespace ?? '';
  const { bootstrap, infrastructureRef: ref } = machine.spec;
  return {
    machine,
    config: bootstrap.configRef ? await reader.get(KubeadmConfig, namespace, bootstrap.configRef.name) : null,
    infrastructure: await reader.getAny(ref.apiGroup, ref.kind, namespace, ref.name),
  };
}

/** Hosts are many and are read only when a machine may be made. What depends on the time is left to the Metal3Machine's own choice. */
function mayCreate(self: ControlPlaneObject, members: readonly Member[]): boolean {
  if (self.metadata.deletionTimestamp) return false;
  const noTime = new Date(0);
  return members.length < (self.spec.replicas ?? 1) || members.some((member) => outdated(member, self, noTime).length > 0);
}

async function missing(reader: Reader, namespace: string, cluster: string): Promise<string[]> {
  const names = Object.values(clusterSecrets(cluster));
  const found = await Promise.all(names.map((name) => reader.secret(namespace, name)));
  return names.filter((_, index) => found[index] === null);
}
