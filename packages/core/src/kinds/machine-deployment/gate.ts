/** Why a rollout may not begin yet: workers follow their control plane, and no host is touched for an image that does not exist. */
import type { Because } from '../../runtime/define-reconciler.ts';
import { isUpgrading } from '../machine-set/preflight.ts';
import type { MachineImage } from '../metal3-machine/parts.ts';
import { pickImage } from '../metal3-machine/pick-image.ts';
import { conditionIs, type WithConditions } from '../shared/conditions.ts';
import { compareVersions } from '../shared/versions.ts';
import type { DeploymentSeen } from './observe.ts';

/** null = it may begin. */
export function rolloutGate(seen: DeploymentSeen): Because | null {
  return pausedGate(seen) ?? controlPlaneGate(seen) ?? templateGate(seen) ?? imageGate(seen);
}

function pausedGate({ deployment }: DeploymentSeen): Because | null {
  if (deployment.spec.paused !== true) return null;
  return { sentence: 'Does not roll out because spec.paused is true', wayOut: 'Set spec.paused to false', tone: 'waits' };
}

function controlPlaneGate({ deployment, controlPlane }: DeploymentSeen): Because | null {
  const wanted = deployment.spec.template.spec.version;
  if (!controlPlane || !wanted) return null;
  const name = `${controlPlane.kind} ${controlPlane.metadata.name}`;
  const { version: planned } = controlPlane.spec;
  if (compareVersions(wanted, planned) > 0) {
    return {
      sentence: `Does not roll out ${wanted} because ${name} is to be at ${planned}: workers follow their control plane`,
      wayOut: `Upgrade the control plane to ${wanted} first`,
      tone: 'caution',
    };
  }
  const reached = controlPlane.status?.version;
  if (compareVersions(wanted, reached) > 0 || isUpgrading(controlPlane)) {
    return {
      sentence: `Waits for ${name} to be at ${planned}: it is at ${reached} until its last machine is replaced`,
      tone: 'waits',
    };
  }
  // What it has not looked at yet may be the start of a rollout.
  const { observedGeneration } = controlPlane.status ?? {};
  const unseen = observedGeneration !== undefined && observedGeneration < controlPlane.metadata.generation;
  if (unseen || conditionIs(controlPlane as WithConditions, 'RollingOut')) {
    return { sentence: `Waits for ${name} to end its own rollout`, tone: 'waits' };
  }
  return null;
}

function templateGate({ deployment, bootstrapTemplate, infrastructureTemplate }: DeploymentSeen): Because | null {
  const { bootstrap, infrastructureRef } = deployment.spec.template.spec;
  const missing = [
    ...(bootstrapTemplate === null ? [`${bootstrap.configRef?.kind} ${bootstrap.configRef?.name}`] : []),
    ...(infrastructureTemplate === null ? [`${infrastructureRef.kind} ${infrastructureRef.name}`] : []),
  ];
  if (missing.length === 0) return null;
  return {
    sentence: `Does not roll out because ${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not exist`,
    wayOut: 'Create what is missing, or name another in the template',
    tone: 'caution',
  };
}

function imageGate({ deployment, infrastructureTemplate, images }: DeploymentSeen): Because | null {
  if (infrastructureTemplate?.kind !== 'Metal3MachineTemplate') return null;
  const spec = infrastructureTemplate.spec as { template?: { spec?: { image?: MachineImage } } } | undefined;
  const picked = pickImage(spec?.template?.spec?.image, images, deployment.spec.template.spec.version);
  if (!('refusal' in picked)) return null;
  return { sentence: `Does not roll out because ${picked.refusal}`.slice(0, 160), wayOut: picked.wayOut, tone: 'caution' };
}
