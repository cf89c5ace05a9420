/** What a MachineSet makes: a Machine, its bootstrap config and its infrastructure object, all of one name; and what it changes in place. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import { type Action, create, event, ownedBy, ownerReference } from '../../runtime/actions.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Draft } from '../../store/store.ts';
import { DEFAULT_NODE_DELETION_SECONDS, Machine } from '../machine/kind.ts';
import { changes, merged } from '../shared/changes.ts';
import { drop, droppedOf } from '../shared/dropped.ts';
import { ANNOTATIONS, FINALIZERS, LABELS } from '../shared/labels.ts';
import { nameFromTemplate } from '../shared/names.ts';
import type { ContractRef } from '../shared/schema.ts';
import type { MachineSet } from './kind.ts';

type Set = ObjectOf<typeof MachineSet>;
type MachineObject = ObjectOf<typeof Machine>;

/** The templates a machine's objects are cloned from; null = named but not there. */
export interface Templates {
  /** undefined = none is named (a ready data Secret is). */
  bootstrap: KubeObject | null | undefined;
  infrastructure: KubeObject | null;
}

/** The templates that are named but missing, for people. */
export function missingTemplates(set: Set, templates: Templates): string[] {
  const { bootstrap, infrastructureRef } = set.spec.template.spec;
  return [
    ...(templates.bootstrap === null && bootstrap.configRef ? [`${bootstrap.configRef.kind} ${bootstrap.configRef.name}`] : []),
    ...(templates.infrastructure === null ? [`${infrastructureRef.kind} ${infrastructureRef.name}`] : []),
  ];
}

/** The labels of everything that belongs to a machine of this set. */
export function machineLabels(set: Set): Record<string, string> {
  const deployment = set.metadata.labels?.[LABELS.deploymentName];
  return {
    ...set.spec.template.metadata?.labels,
    [LABELS.clusterName]: set.spec.clusterName,
    [LABELS.setName]: set.metadata.name,
    ...(deployment ? { [LABELS.deploymentName]: deployment } : {}),
  };
}

/** Actions that make one machine, and its name. `taken` are the names that are in use. */
export function makeMachine(
  set: Set,
  templates: Templates,
  suffix: () => string,
  taken: ReadonlySet<string>,
): { name: string; actions: Action[] } {
  const name = freshName(set, suffix, taken);
  const labels = machineLabels(set);
  const annotations = set.spec.template.metadata?.annotations;
  const { bootstrap, infrastructureRef, ...rest } = set.spec.template.spec;
  const children: Draft[] = [];
  const clone = (template: KubeObject, ref: ContractRef): ContractRef => {
    const kind = withoutTemplate(template.kind);
    children.push(cloned(set, template, ref, { name, labels, ...(annotations ? { annotations } : {}) }));
    return { apiGroup: ref.apiGroup, kind, name };
  };
  const configRef = templates.bootstrap && bootstrap.configRef ? clone(templates.bootstrap, bootstrap.configRef) : undefined;
  const infrastructure = templates.infrastructure ? clone(templates.infrastructure, infrastructureRef) : infrastructureRef;
  const metadata = { name, labels, finalizers: [FINALIZERS.machine], ...(annotations ? { annotations } : {}) };
  const machine = ownedBy(set, Machine, metadata, {
    ...rest,
    // The Machine's own default, as the API gives it.
    deletion: { nodeDeletionTimeoutSeconds: DEFAULT_NODE_DELETION_SECONDS, ...rest.deletion },
    bootstrap: configRef ? { configRef } : bootstrap,
    infrastructureRef: infrastructure,
  });
  return {
    name,
    actions: [
      ...children.map((child) => create(child)),
      create(machine),
      event(set, 'Normal', 'SuccessfulCreate', `Created Machine "${name}"`),
    ],
  };
}

/** In-place propagation to a machine: metadata, timeouts, gates, readiness and taints follow the template without a new server. */
export function followTemplate(set: Set, machine: MachineObject): (copy: MachineObject) => void {
  const { minReadySeconds, readinessGates, deletion, taints } = set.spec.template.spec;
  return (copy) => {
    const labels = merged(machine.metadata.labels, machineLabels(set));
    if (labels) copy.metadata.labels = { ...labels };
    const annotations = merged(machine.metadata.annotations, set.spec.template.metadata?.annotations);
    if (annotations) copy.metadata.annotations = { ...annotations };
    drop(copy, droppedOf(set));
    assign(copy.spec, 'minReadySeconds', minReadySeconds);
    assign(copy.spec, 'readinessGates', readinessGates);
    assign(copy.spec, 'taints', taints);
    // The Machine's own default of ten seconds for its Node stays where the template says nothing.
    assign(copy.spec, 'deletion', deletion ? { ...copy.spec.deletion, ...deletion } : copy.spec.deletion);
  };
}

/** In-place propagation to a machine's bootstrap config or infrastructure object: metadata only. */
export function followMetadata(set: Set, object: KubeObject): Action[] {
  if (object.metadata.deletionTimestamp !== undefined) return [];
  return changes(object, (copy) => {
    const labels = merged(object.metadata.labels, machineLabels(set));
    if (labels) copy.metadata.labels = { ...labels };
    const annotations = merged(object.metadata.annotations, set.spec.template.metadata?.annotations);
    if (annotations) copy.metadata.annotations = { ...annotations };
    drop(copy, droppedOf(set));
  });
}

/** How often a name is tried again: five random characters of 27 collide once in fourteen million. */
const TRIES = 8;

function freshName(set: Set, suffix: () => string, taken: ReadonlySet<string>): string {
  const owner = { key: 'machineSet', name: set.metadata.name, cluster: set.spec.clusterName } as const;
  let name = '';
  for (let left = TRIES; left > 0 && (name === '' || taken.has(name)); left--) {
    name = nameFromTemplate(set.spec.machineNaming?.template, owner, suffix());
  }
  return name;
}

/**
 * An object from a template: the kind without "Template", the spec of spec.template.spec. It belongs to the set until the Machine's
 * reconciler makes the Machine its controller.
 */
function cloned(set: Set, template: KubeObject, ref: ContractRef, metadata: Draft['metadata']): Draft {
  const inner = (
    template.spec as
      | { template?: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec?: unknown } }
      | undefined
  )?.template;
  return {
    apiVersion: template.apiVersion,
    kind: withoutTemplate(template.kind),
    metadata: {
      ...metadata,
      namespace: set.metadata.namespace,
      labels: { ...inner?.metadata?.labels, ...metadata.labels },
      annotations: {
        ...inner?.metadata?.annotations,
        ...metadata.annotations,
        [ANNOTATIONS.clonedFromName]: template.metadata.name,
        [ANNOTATIONS.clonedFromGroupKind]: `${template.kind}.${ref.apiGroup}`,
      },
      ownerReferences: [ownerReference(set, false)],
    },
    spec: structuredClone(inner?.spec ?? {}),
  };
}

function withoutTemplate(kind: string): string {
  return kind.replace(/Template$/, '');
}

function assign<Target, Key extends keyof Target>(target: Target, key: Key, value: Target[Key]): void {
  if (value === undefined) delete target[key];
  else if (JSON.stringify(target[key]) !== JSON.stringify(value)) target[key] = value;
}
