/** What the planner of a Metal3Cluster looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import { fields, groupOf, type KubeObject } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import { Cluster } from '../cluster/kind.ts';
import { ConfigMap } from '../config-map/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { type HostWorld, readHosts } from '../metal3-machine/host-facts.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { Metal3MachineTemplate, type Metal3MachineTemplateObject } from '../metal3-machine-template/kind.ts';
import { GROUPS, LABELS } from '../shared/labels.ts';
import { Site, type SiteObject } from '../site/kind.ts';
import { SITE_LABEL } from '../site/site-of.ts';
import type { Demand } from './choose-site.ts';
import { Metal3Cluster, type Metal3ClusterObject } from './kind.ts';

/** Facts in. */
export interface Seen {
  self: Metal3ClusterObject;
  cluster: ObjectOf<typeof Cluster> | null;
  /** All Metal3Clusters, for their endpoints. */
  all: Metal3ClusterObject[];
  sites: SiteObject[];
  /** Names of Metal3Machines that are left. */
  machines: string[];
  /** Only while the site is to be decided. `lacks` names what is not there yet. */
  siting: { world: HostWorld; demands: Demand[]; lacks?: string } | null;
  /** The site's CNI manifest, once it is to be applied; null = none named. */
  manifest: { namespace: string; name: string; text: string | null } | null;
  operations: Operation[];
}

/** Reads it. */
export async function observe(reader: Reader, key: { namespace: string; name: string }): Promise<Seen | null> {
  const self = await reader.get(Metal3Cluster, key.namespace, key.name);
  if (!self) return null;
  const owner = self.metadata.ownerReferences?.find((ref) => ref.kind === 'Cluster' && groupOf(ref.apiVersion) === GROUPS.core);
  const cluster = owner ? await reader.get(Cluster, key.namespace, owner.name) : null;
  const sites = await reader.list(Site, undefined);
  const undecided = cluster && siteNamed(self, cluster) === undefined && sites.length > 1;
  return {
    self,
    cluster,
    sites,
    all: await reader.list(Metal3Cluster, undefined),
    machines: self.metadata.deletionTimestamp ? await machinesLeft(reader, self) : [],
    siting: undecided ? await readSiting(reader, cluster) : null,
    manifest: await readManifest(reader, self, cluster, sites),
    operations: await reader.operations(self.metadata.uid),
  };
}

/** The site somebody (or an earlier plan) gave: once decided it stays. */
export function siteNamed(self: Metal3ClusterObject, cluster: KubeObject | null): string | undefined {
  return self.status?.site ?? self.metadata.labels?.[SITE_LABEL] ?? cluster?.metadata.labels?.[SITE_LABEL];
}

async function machinesLeft(reader: Reader, self: Metal3ClusterObject): Promise<string[]> {
  const name = self.metadata.labels?.[LABELS.clusterName];
  if (!name) return [];
  const left = await reader.list(Metal3Machine, self.metadata.namespace, { matchLabels: { [LABELS.clusterName]: name } });
  return left.map((machine) => machine.metadata.name).sort();
}

async function readManifest(
  reader: Reader,
  self: Metal3ClusterObject,
  cluster: ObjectOf<typeof Cluster> | null,
  sites: SiteObject[],
) {
  if (cluster?.status?.initialization?.controlPlaneInitialized !== true) return null;
  const site =
    sites.find((each) => each.metadata.name === siteNamed(self, cluster)) ?? (sites.length === 1 ? sites[0] : undefined);
  const ref = site?.spec.cni?.configMapRef;
  if (!ref) return null;
  const configMap = await reader.get(ConfigMap, ref.namespace, ref.name);
  const text = configMap ? (fields(configMap as KubeObject).data as Record<string, string> | undefined)?.manifest : undefined;
  return { ...ref, text: text ?? null };
}

async function readSiting(reader: Reader, cluster: ObjectOf<typeof Cluster>) {
  const namespace = cluster.metadata.namespace ?? '';
  const world = await readHosts(reader, namespace);
  const demands: Demand[] = [];
  const ref = cluster.spec.controlPlaneRef;
  const controlPlane = ref?.kind === KubeadmControlPlane.kind ? await reader.get(KubeadmControlPlane, namespace, ref.name) : null;
  if (!controlPlane) return { world, demands, lacks: `${ref?.kind ?? 'a control plane'} ${ref?.name ?? ''}`.trim() };
  const template = await templateOf(reader, namespace, controlPlane.spec.machineTemplate.spec.infrastructureRef.name);
  if (!template)
    return { world, demands, lacks: `Metal3MachineTemplate ${controlPlane.spec.machineTemplate.spec.infrastructureRef.name}` };
  demands.push(demandOf('control plane', template, controlPlane.spec.replicas ?? 1));
  const deployments = await reader.list(MachineDeployment, namespace);
  for (const deployment of deployments.filter((each) => each.spec.clusterName === cluster.metadata.name)) {
    const workers = await templateOf(reader, namespace, deployment.spec.template.spec.infrastructureRef.name);
    if (workers) demands.push(demandOf(`MachineDeployment ${deployment.metadata.name}`, workers, deployment.spec.replicas ?? 1));
  }
  return { world, demands };
}

function templateOf(reader: Reader, namespace: string, name: string) {
  return reader.get(Metal3MachineTemplate, namespace, name);
}

function demandOf(of: string, template: Metal3MachineTemplateObject, count: number): Demand {
  const selector = template.spec.template.spec.hostSelector;
  return { of, count, ...(selector ? { selector } : {}) };
}
