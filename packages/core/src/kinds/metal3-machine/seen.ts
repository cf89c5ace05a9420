/** What the planner of a Metal3Machine looks at. */

import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader, SecretOutside } from '../../runtime/define-reconciler.ts';
import { groupOf, type KubeObject, type ObjectMeta } from '../../store/object.ts';
import { BareMetalHost, type BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { Cluster } from '../cluster/kind.ts';
import { HardwareData, type HardwareDataObject } from '../hardware-data/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster, type Metal3ClusterObject } from '../metal3-cluster/kind.ts';
import { Metal3MachineTemplate, type Metal3MachineTemplateObject } from '../metal3-machine-template/kind.ts';
import { OSImage, type OSImageObject } from '../os-image/kind.ts';
import { ANNOTATIONS, GROUPS, LABELS } from '../shared/labels.ts';
import { type HostFacts, type HostWish, turnDown } from './choose-host.ts';
import { consumerOf, type HostWorld, hostFacts, readHosts } from './host-facts.ts';
import { HOST_ANNOTATION, Metal3Machine, type Metal3MachineObject } from './kind.ts';

/** Facts in. */
export interface Seen {
  self: Metal3MachineObject;
  machine: ObjectOf<typeof Machine> | null;
  cluster: ObjectOf<typeof Cluster> | null;
  metal3Cluster: Metal3ClusterObject | null;
  /** The host it holds, or held by its annotation. */
  host: BareMetalHostObject | null;
  hardware: HardwareDataObject | null;
  metadataSecret: SecretOutside | null;
  images: OSImageObject[];
  /** What it was cloned from; read while it has no host. */
  template: Metal3MachineTemplateObject | null;
  /** Only while a host is to be chosen. */
  pool: Pool | null;
}

/** What the choice looks at besides the machine itself. */
export interface Pool {
  world: HostWorld;
  /** The cluster's other Metal3Machines and all its Machines. */
  metal3Machines: Metal3MachineObject[];
  machines: ObjectOf<typeof Machine>[];
}

/** Reads it. */
export async function observe(reader: Reader, key: { namespace: string; name: string }): Promise<Seen | null> {
  const { namespace } = key;
  const self = await reader.get(Metal3Machine, namespace, key.name);
  if (!self) return null;
  const owner = machineOwner(self.metadata);
  const machine = owner ? await reader.get(Machine, namespace, owner) : null;
  const clusterName = machine?.spec.clusterName ?? self.metadata.labels?.[LABELS.clusterName];
  const cluster = clusterName ? await reader.get(Cluster, namespace, clusterName) : null;
  const infrastructure = cluster?.spec.infrastructureRef;
  const metal3Cluster =
    infrastructure?.kind === Metal3Cluster.kind ? await reader.get(Metal3Cluster, namespace, infrastructure.name) : null;
  const host = await hostOf(reader, self);
  const mayBind = !host && !self.metadata.deletionTimestamp && machine?.spec.bootstrap.dataSecretName !== undefined;
  return {
    self,
    machine,
    cluster,
    metal3Cluster,
    host,
    hardware: host ? await reader.get(HardwareData, host.metadata.namespace ?? '', host.metadata.name) : null,
    metadataSecret: host ? await reader.secret(namespace, metadataSecretName(self)) : null,
    images: host ? [] : await reader.list(OSImage, undefined),
    template: host ? null : await templateOf(reader, self),
    pool: mayBind && clusterName ? await readPool(reader, self, clusterName) : null,
  };
}

async function templateOf(reader: Reader, self: Metal3MachineObject): Promise<Metal3MachineTemplateObject | null> {
  const name = self.metadata.annotations?.[ANNOTATIONS.clonedFromName];
  return name ? reader.get(Metal3MachineTemplate, self.metadata.namespace ?? '', name) : null;
}

/** The Secret with the instance data of a machine's host. */
export function metadataSecretName(self: KubeObject): string {
  return `${self.metadata.name}-metadata`;
}

/** The name of the Machine that owns this object. */
export function machineOwner(metadata: ObjectMeta): string | undefined {
  return metadata.ownerReferences?.find((owner) => owner.kind === 'Machine' && groupOf(owner.apiVersion) === GROUPS.core)?.name;
}

/** By the annotation; where that was lost while the machine goes, by who says that it is held by it. */
async function hostOf(reader: Reader, self: Metal3MachineObject): Promise<BareMetalHostObject | null> {
  const key = self.metadata.annotations?.[HOST_ANNOTATION];
  const [namespace, name] = key?.split('/') ?? [];
  if (namespace && name) return reader.get(BareMetalHost, namespace, name);
  if (!self.metadata.deletionTimestamp) return null;
  const mine = `${self.metadata.namespace}/${self.metadata.name}`;
  return (await reader.list(BareMetalHost, undefined)).find((host) => consumerOf(host) === mine) ?? null;
}

async function readPool(reader: Reader, self: Metal3MachineObject, clusterName: string): Promise<Pool> {
  const namespace = self.metadata.namespace ?? '';
  const ofCluster = { matchLabels: { [LABELS.clusterName]: clusterName } };
  const [metal3Machines, machines] = await Promise.all([
    reader.list(Metal3Machine, namespace, ofCluster),
    reader.list(Machine, namespace, ofCluster),
  ]);
  return { world: await readWorld(reader, self), metal3Machines, machines };
}

/** Hosts with the wanted labels; all hosts only if none of those is free, so that each can be given its reason. */
async function readWorld(reader: Reader, self: Metal3MachineObject): Promise<HostWorld> {
  const namespace = self.metadata.namespace ?? '';
  const wanted = self.spec.hostSelector?.matchLabels;
  if (!wanted) return readHosts(reader, namespace);
  const world = await readHosts(reader, namespace, wanted);
  const facts = hostFacts(world, namespace);
  const free = facts.some((host) => turnDown(host, anywhere(self, host)) === null);
  return free ? world : readHosts(reader, namespace);
}

/** The machine's wish, satisfied with any site: a generous guess. */
function anywhere(self: Metal3MachineObject, host: HostFacts): HostWish {
  const selector = self.spec.hostSelector;
  return {
    machine: `${self.metadata.namespace}/${self.metadata.name}`,
    namespace: self.metadata.namespace ?? '',
    site: host.site ?? '',
    controlPlane: false,
    ...(selector ? { selector } : {}),
  };
}
