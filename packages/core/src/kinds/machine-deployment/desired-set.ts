/** MachineSets as their deployment wants them: a new one for a revision, and what existing ones follow in place. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import { type Action, create, ownedBy } from '../../runtime/actions.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { changes, merged } from '../shared/changes.ts';
import { drop, droppedAnnotation, droppedOf } from '../shared/dropped.ts';
import { ANNOTATIONS, FINALIZERS, LABELS } from '../shared/labels.ts';
import { generatedName } from '../shared/names.ts';
import type { MachineDeployment } from './kind.ts';
import { templateHash } from './template.ts';

type Deployment = ObjectOf<typeof MachineDeployment>;
type SetObject = ObjectOf<typeof MachineSet>;

/** Annotations that are the deployment's own affair. */
const OWN = new Set<string>(['kubectl.kubernetes.io/last-applied-configuration', ANNOTATIONS.revision]);

/** Numbers that every set of a deployment carries. */
export interface SetNumbers {
  replicas: number;
  revision: number;
  /** replicas + maxSurge. */
  most: number;
}

/** A new set for the current template, with no `taken` name. */
export function makeSet(
  deployment: Deployment,
  sets: readonly SetObject[],
  numbers: SetNumbers,
  suffix: () => string,
): { name: string; action: Action } {
  const name = generatedName(deployment.metadata.name, suffix());
  const { spec } = deployment;
  const hash = uniqueHash(deployment, sets);
  const labels = setLabels(deployment, hash);
  const metadata = {
    name,
    labels,
    annotations: setAnnotations(deployment, numbers),
    finalizers: [FINALIZERS.machineSet],
  };
  const draft = ownedBy(deployment, MachineSet, metadata, {
    clusterName: spec.clusterName,
    replicas: numbers.replicas,
    selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [LABELS.templateHash]: hash } },
    template: { metadata: { ...spec.template.metadata, labels }, spec: structuredClone(spec.template.spec) },
    ...(spec.machineNaming ? { machineNaming: spec.machineNaming } : {}),
    deletion: { order: spec.deletion?.order ?? 'Random' },
  });
  return { name, action: create(draft) };
}

/** The current set follows all that needs no new machines, and gets its size. */
export function followDeployment(deployment: Deployment, set: SetObject, numbers: SetNumbers): Action[] {
  const { spec } = deployment;
  return changes(set, (copy) => {
    const hash = set.metadata.labels?.[LABELS.templateHash] ?? templateHash(spec.template);
    const labels = setLabels(deployment, hash);
    const metadata = { ...spec.template.metadata, labels };
    copy.metadata.labels = { ...set.metadata.labels, ...labels };
    copy.metadata.annotations = {
      ...set.metadata.annotations,
      ...setAnnotations(deployment, numbers),
      ...droppedAnnotation(set, set.spec.template.metadata, metadata),
    };
    drop(copy, { labels: droppedOf(copy).labels, annotations: [] });
    delete copy.metadata.annotations[ANNOTATIONS.disableMachineCreate];
    copy.spec.replicas = numbers.replicas;
    copy.spec.template = { metadata, spec: structuredClone(spec.template.spec) };
    copy.spec.deletion = { order: spec.deletion?.order ?? 'Random' };
    if (spec.machineNaming) copy.spec.machineNaming = spec.machineNaming;
    else delete copy.spec.machineNaming;
  });
}

/** An old set gets its size; how its machines are let go follows the deployment too. `frozen` = it makes no machines any more. */
export function resizeOld(deployment: Deployment, set: SetObject, replicas: number, most: number, frozen: boolean): Action[] {
  const { spec } = deployment;
  return changes(set, (copy) => {
    copy.spec.replicas = replicas;
    copy.spec.deletion = { order: spec.deletion?.order ?? 'Random' };
    const { deletion, minReadySeconds } = spec.template.spec;
    if (deletion) copy.spec.template.spec.deletion = deletion;
    if (minReadySeconds !== undefined) copy.spec.template.spec.minReadySeconds = minReadySeconds;
    copy.metadata.annotations = merged(set.metadata.annotations, {
      [ANNOTATIONS.desiredReplicas]: String(spec.replicas ?? 1),
      [ANNOTATIONS.maxReplicas]: String(most),
      ...(frozen ? { [ANNOTATIONS.disableMachineCreate]: 'true' } : {}),
    })!;
  });
}

function setLabels(deployment: Deployment, hash: string): Record<string, string> {
  return {
    ...deployment.spec.template.metadata?.labels,
    [LABELS.clusterName]: deployment.spec.clusterName,
    [LABELS.deploymentName]: deployment.metadata.name,
    [LABELS.templateHash]: hash,
  };
}

function setAnnotations(deployment: Deployment, { revision, most }: SetNumbers): Record<string, string> {
  const handed = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN.has(key));
  return {
    ...Object.fromEntries(handed),
    [ANNOTATIONS.revision]: String(revision),
    [ANNOTATIONS.desiredReplicas]: String(deployment.spec.replicas ?? 1),
    [ANNOTATIONS.maxReplicas]: String(most),
  };
}

/** Two sets of one template (after spec.rollout.after) must not share a hash: each adopts by its own. */
function uniqueHash(deployment: Deployment, sets: readonly SetObject[]): string {
  const taken = new Set(sets.map((set) => set.metadata.labels?.[LABELS.templateHash]));
  for (let attempt = 0; ; attempt++) {
    const hash = templateHash(deployment.spec.template, attempt === 0 ? '' : `/${attempt}`);
    if (!taken.has(hash)) return hash;
  }
}
