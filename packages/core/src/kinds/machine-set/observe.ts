/** What a MachineSet's plan looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import { controllerOf, type KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineSet } from './kind.ts';
import type { Templates } from './machines.ts';
import { type ControlPlaneFacts, controlPlaneFacts } from './preflight.ts';

/** A MachineSet and what surrounds it. */
export interface SetSeen {
  set: ObjectOf<typeof MachineSet>;
  cluster: ObjectOf<typeof Cluster> | null;
  controlPlane: ControlPlaneFacts | null;
  /** The deployment that controls it; null = it stands alone. */
  deployment: ObjectOf<typeof MachineDeployment> | null;
  /** All sets of that deployment, this one among them. */
  siblings: ObjectOf<typeof MachineSet>[];
  /** Controlled by this set (by uid, never by selector). */
  machines: ObjectOf<typeof Machine>[];
  /** Without a controller, but with this set's own hash. */
  orphans: ObjectOf<typeof Machine>[];
  /** Bootstrap configs and infrastructure objects that carry this set's name. */
  clones: KubeObject[];
  templates: Templates;
}

/** Reads. */
export async function observeSet(
  reader: Reader,
  { namespace, name }: { namespace: string; name: string },
): Promise<SetSeen | null> {
  const set = await reader.get(MachineSet, namespace, name);
  if (!set) return null;
  const { bootstrap, infrastructureRef } = set.spec.template.spec;
  const cluster = await reader.get(Cluster, namespace, set.spec.clusterName);
  const reference = cluster?.spec.controlPlaneRef;
  const named = { matchLabels: { [LABELS.setName]: name } };
  const [controlPlane, deployment, owned, orphans, configs, infrastructure, bootstrapTemplate, infrastructureTemplate] =
    await Promise.all([
      reference ? reader.getAny(reference.apiGroup, reference.kind, namespace, reference.name) : null,
      deploymentOf(reader, set),
      reader.owned(Machine, set.metadata.uid),
      orphansOf(reader, set),
      reader.list(KubeadmConfig, namespace, named),
      reader.list(Metal3Machine, namespace, named),
      bootstrap.configRef
        ? reader.getAny(bootstrap.configRef.apiGroup, bootstrap.configRef.kind, namespace, bootstrap.configRef.name)
        : undefined,
      reader.getAny(infrastructureRef.apiGroup, infrastructureRef.kind, namespace, infrastructureRef.name),
    ]);
  return {
    set,
    cluster,
    controlPlane: controlPlaneFacts(controlPlane),
    deployment,
    siblings: deployment ? await reader.owned(MachineSet, deployment.metadata.uid) : [set],
    machines: owned.filter((machine) => controllerOf(machine)?.uid === set.metadata.uid),
    orphans,
    clones: [...configs, ...infrastructure] as KubeObject[],
    templates: { bootstrap: bootstrapTemplate, infrastructure: infrastructureTemplate },
  };
}

async function deploymentOf(reader: Reader, set: KubeObject) {
  const owner = controllerOf(set);
  if (owner?.kind !== MachineDeployment.kind) return null;
  const found = await reader.get(MachineDeployment, set.metadata.namespace ?? '', owner.name);
  return found?.metadata.uid === owner.uid ? found : null;
}

/**
 * A selector as wide as the cluster's name would catch control planes and other sets' machines. So only a machine that carries this
 * set's own hash, and no controller, is taken for lost property.
 */
async function orphansOf(reader: Reader, set: ObjectOf<typeof MachineSet>) {
  const hash = set.metadata.labels?.[LABELS.templateHash];
  if (hash === undefined) return [];
  const matchLabels = { [LABELS.templateHash]: hash, [LABELS.clusterName]: set.spec.clusterName };
  const found = await reader.list(Machine, set.metadata.namespace, { matchLabels });
  return found.filter(
    (machine) =>
      !controllerOf(machine) &&
      machine.metadata.deletionTimestamp === undefined &&
      machine.metadata.labels?.[LABELS.controlPlane] === undefined &&
      machine.metadata.labels?.[LABELS.deploymentName] === set.metadata.labels?.[LABELS.deploymentName],
  );
}
