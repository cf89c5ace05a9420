/** The three objects of a new control-plane machine: Machine, KubeadmConfig, infrastructure. All or none are made. */
import { type Action, create, ownedBy, ownerReference } from '../../runtime/actions.ts';
import type { KubeObject, OwnerReference } from '../../store/object.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { Machine } from '../machine/kind.ts';
import { ANNOTATIONS, LABELS } from '../shared/labels.ts';
import { nameFromTemplate } from '../shared/names.ts';
import { healthTypes } from './health.ts';
import type { ControlPlaneObject } from './seen.ts';
import { configFor } from './up-to-date.ts';

/** Keeps a machine of the control plane until its etcd member is gone. */
export const CLEANUP_HOOK = `${ANNOTATIONS.preTerminateHookPrefix}/kcp-cleanup`;

/** How long a Node may resist its deletion unless the template says otherwise (Machine's default). Seconds. */
const NODE_DELETION = 10;

/** What a new machine is made from. */
export interface NewMachine {
  controlPlane: ControlPlaneObject;
  cluster: string;
  template: KubeObject;
  role: 'init' | 'join';
  failureDomain?: string;
  suffix: string;
  /** More annotations of the Machine. */
  annotations?: Record<string, string>;
}

/** The `create` actions. */
export function newMachine(from: NewMachine): Action[] {
  const { controlPlane, template } = from;
  const { machineTemplate, machineNaming, version, kubeadmConfigSpec = {} } = controlPlane.spec;
  const owner = { key: 'kubeadmControlPlane', name: controlPlane.metadata.name, cluster: from.cluster } as const;
  const name = nameFromTemplate(machineNaming?.template, owner, from.suffix);
  const namespace = controlPlane.metadata.namespace ?? '';
  const labels = machineLabels(controlPlane, from.cluster);
  const annotations = machineTemplate.metadata?.annotations ?? {};
  // Until its Machine takes them: so that nothing is left over should the Machine never come to be.
  const ownerReferences = [ownerReference(controlPlane, false)];
  const infrastructure = clone(template, { name, namespace, labels, annotations, ownerReferences });
  const { deletion, taints, readinessGates = [] } = machineTemplate.spec;
  const gates = healthTypes(controlPlane).map((conditionType) => ({ conditionType }));
  const machine = ownedBy(
    controlPlane,
    Machine,
    { name, labels, annotations: { ...annotations, ...from.annotations, [CLEANUP_HOOK]: '' } },
    {
      clusterName: from.cluster,
      version,
      bootstrap: { configRef: { apiGroup: KubeadmConfig.group, kind: KubeadmConfig.kind, name } },
      infrastructureRef: { apiGroup: groupName(template.apiVersion), kind: infrastructure.kind, name },
      readinessGates: [...gates, ...readinessGates],
      deletion: { nodeDeletionTimeoutSeconds: NODE_DELETION, ...deletion },
      ...(taints ? { taints } : {}),
      ...(from.failureDomain ? { failureDomain: from.failureDomain } : {}),
    },
  );
  const config = {
    apiVersion: KubeadmConfig.apiVersion,
    kind: KubeadmConfig.kind,
    metadata: { name, namespace, labels, annotations, ownerReferences },
    spec: configFor(kubeadmConfigSpec, from.role),
  };
  return [create(infrastructure), create(config), create(machine)];
}

/** Labels of control-plane machines and of what they are made of. */
export function machineLabels(controlPlane: ControlPlaneObject, cluster: string): Record<string, string> {
  return {
    ...controlPlane.spec.machineTemplate.metadata?.labels,
    [LABELS.clusterName]: cluster,
    [LABELS.controlPlane]: '',
    [LABELS.controlPlaneName]: controlPlane.metadata.name,
  };
}

interface NewMetadata {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  ownerReferences: OwnerReference[];
}

/** An object from a template: the kind without `Template`, the spec of `spec.template.spec`, and where it came from. */
function clone(template: KubeObject, metadata: NewMetadata) {
  const body = template.spec as {
    template: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: object };
  };
  const kind = template.kind.replace(/Template$/, '');
  return {
    apiVersion: template.apiVersion,
    kind,
    metadata: {
      ...metadata,
      labels: { ...body.template.metadata?.labels, ...metadata.labels },
      annotations: {
        ...body.template.metadata?.annotations,
        ...metadata.annotations,
        [ANNOTATIONS.clonedFromName]: template.metadata.name,
        [ANNOTATIONS.clonedFromGroupKind]: `${template.kind}.${groupName(template.apiVersion)}`,
      },
    },
    spec: structuredClone(body.template.spec),
  };
}

function groupName(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
}
