/** What the KubeadmConfig's plan looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader, SecretOutside } from '../../runtime/define-reconciler.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import { Cluster } from '../cluster/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { Site, type SiteObject } from '../site/kind.ts';
import { clusterSecrets, tokenSecretName } from './inputs-of.ts';
import { KubeadmConfig } from './kind.ts';

/** A KubeadmConfig and all that its plan reads. */
export interface KubeadmConfigSeen {
  config: ObjectOf<typeof KubeadmConfig>;
  machine: ObjectOf<typeof Machine> | null;
  cluster: ObjectOf<typeof Cluster> | null;
  metal3Cluster: ObjectOf<typeof Metal3Cluster> | null;
  sites: SiteObject[];
  /** Control-plane Machines of the cluster. */
  controlPlane: ObjectOf<typeof Machine>[];
  /** Which of the four certificate Secrets are missing, by name. */
  missingSecrets: string[];
  token: SecretOutside | null;
  data: SecretOutside | null;
  operations: Operation[];
}

/** Reads it all. */
export async function observe(reader: Reader, key: { namespace: string; name: string }): Promise<KubeadmConfigSeen | null> {
  const config = await reader.get(KubeadmConfig, key.namespace, key.name);
  if (!config) return null;
  const machine = await ownerMachine(reader, config);
  const clusterName = machine?.spec.clusterName ?? config.metadata.labels?.[LABELS.clusterName] ?? '';
  const cluster = clusterName ? await reader.get(Cluster, key.namespace, clusterName) : null;
  const infrastructure = cluster?.spec.infrastructureRef;
  const metal3Cluster =
    infrastructure?.kind === Metal3Cluster.kind ? await reader.get(Metal3Cluster, key.namespace, infrastructure.name) : null;
  const selector = { matchLabels: { [LABELS.clusterName]: clusterName, [LABELS.controlPlane]: '' } };
  return {
    config,
    machine,
    cluster,
    metal3Cluster,
    sites: await reader.list(Site, undefined),
    controlPlane: clusterName ? await reader.list(Machine, key.namespace, selector) : [],
    missingSecrets: await missing(reader, key.namespace, Object.values(clusterSecrets(clusterName))),
    token: await reader.secret(key.namespace, tokenSecretName(key.name)),
    data: await reader.secret(key.namespace, key.name),
    operations: await reader.operations(config.metadata.uid),
  };
}

async function ownerMachine(reader: Reader, config: KubeObject) {
  const owner = config.metadata.ownerReferences?.find((reference) => reference.kind === Machine.kind);
  return owner ? reader.get(Machine, config.metadata.namespace ?? '', owner.name) : null;
}

async function missing(reader: Reader, namespace: string, names: string[]): Promise<string[]> {
  const found = await Promise.all(names.map(async (name) => ({ name, secret: await reader.secret(namespace, name) })));
  return found.filter(({ secret }) => secret === null).map(({ name }) => name);
}
