/** What a MachineDeployment's plan looks at. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import { controllerOf, type KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { type ControlPlaneFacts, controlPlaneFacts } from '../machine-set/preflight.ts';
import { OSImage } from '../os-image/kind.ts';
import { MachineDeployment } from './kind.ts';

/** A set and the machines it controls. */
export interface SetWithMachines {
  set: ObjectOf<typeof MachineSet>;
  machines: ObjectOf<typeof Machine>[];
}

/** A MachineDeployment and what surrounds it. */
export interface DeploymentSeen {
  deployment: ObjectOf<typeof MachineDeployment>;
  cluster: ObjectOf<typeof Cluster> | null;
  controlPlane: (ControlPlaneFacts & KubeObject) | null;
  /** Controlled by this deployment (by uid, never by selector). */
  sets: SetWithMachines[];
  infrastructureTemplate: KubeObject | null;
  /** null = named but not there; undefined = none is named. */
  bootstrapTemplate: KubeObject | null | undefined;
  images: ObjectOf<typeof OSImage>[];
}

/** Reads. */
export async function observeDeployment(
  reader: Reader,
  { namespace, name }: { namespace: string; name: string },
): Promise<DeploymentSeen | null> {
  const deployment = await reader.get(MachineDeployment, namespace, name);
  if (!deployment) return null;
  const { uid } = deployment.metadata;
  const { bootstrap, infrastructureRef } = deployment.spec.template.spec;
  const cluster = await reader.get(Cluster, namespace, deployment.spec.clusterName);
  const reference = cluster?.spec.controlPlaneRef;
  const [controlPlane, owned, infrastructureTemplate, bootstrapTemplate, images] = await Promise.all([
    reference ? reader.getAny(reference.apiGroup, reference.kind, namespace, reference.name) : null,
    reader.owned(MachineSet, uid),
    reader.getAny(infrastructureRef.apiGroup, infrastructureRef.kind, namespace, infrastructureRef.name),
    bootstrap.configRef
      ? reader.getAny(bootstrap.configRef.apiGroup, bootstrap.configRef.kind, namespace, bootstrap.configRef.name)
      : undefined,
    reader.list(OSImage, undefined),
  ]);
  const sets = owned.filter((set) => controllerOf(set)?.uid === uid);
  return {
    deployment,
    cluster,
    controlPlane: controlPlaneFacts(controlPlane) as (ControlPlaneFacts & KubeObject) | null,
    sets: await Promise.all(sets.map((set) => withMachines(reader, set))),
    infrastructureTemplate,
    bootstrapTemplate,
    images,
  };
}

async function withMachines(reader: Reader, set: ObjectOf<typeof MachineSet>): Promise<SetWithMachines> {
  const owned = await reader.owned(Machine, set.metadata.uid);
  return { set, machines: owned.filter((machine) => controllerOf(machine)?.uid === set.metadata.uid) };
}
