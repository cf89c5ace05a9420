/** Whether a control-plane Machine is as its KubeadmControlPlane wants it: version, template, kubeadm configuration, age. Pure. */
import type { KubeadmConfigSpec } from '../shared/kubeadm-spec.ts';
import { ANNOTATIONS } from '../shared/labels.ts';
import { same } from '../shared/planning.ts';
import type { ControlPlaneObject, Member } from './seen.ts';

/** Why a machine must be replaced; empty = it need not be. Each line as Cluster API words it in MachinesUpToDate. */
export function outdated(member: Member, controlPlane: ControlPlaneObject, now: Date): string[] {
  const { machine, config, infrastructure } = member;
  const { version, machineTemplate, kubeadmConfigSpec = {}, rollout } = controlPlane.spec;
  const reasons: string[] = [];
  if (machine.spec.version !== version) reasons.push(`Version ${machine.spec.version ?? '(none)'}, ${version} required`);
  const wanted = machineTemplate.spec.infrastructureRef;
  const from = infrastructure?.metadata.annotations?.[ANNOTATIONS.clonedFromName];
  const groupKind = infrastructure?.metadata.annotations?.[ANNOTATIONS.clonedFromGroupKind];
  // An infrastructure object without these annotations was not cloned by anybody: it is taken as it is, as upstream does.
  if (from !== undefined && (from !== wanted.name || groupKind !== `${wanted.kind}.${wanted.apiGroup}`)) {
    reasons.push(`${infrastructure?.kind ?? 'Infrastructure'} was made from ${from}, ${wanted.name} required`);
  }
  if (config && !sameSetup(config.spec, kubeadmConfigSpec)) reasons.push('KubeadmConfig is not up-to-date');
  const after = rollout?.after;
  if (after && Date.parse(after) <= now.getTime() && Date.parse(machine.metadata.creationTimestamp) < Date.parse(after)) {
    reasons.push('KubeadmControlPlane spec.rollout.after expired');
  }
  const days = rollout?.before?.certificatesExpiryDays;
  const expiry = machine.status?.certificatesExpiryDate;
  if (days !== undefined && expiry && Date.parse(expiry) - now.getTime() < days * 86_400_000) {
    reasons.push('Certificates will expire soon, rollout due to KubeadmControlPlane spec.rollout.before.certificatesExpiryDays');
  }
  return reasons;
}

/** What a machine's KubeadmConfig holds: the first one's init configuration or the others' join configuration, and the rest. */
export function configFor(spec: KubeadmConfigSpec, role: 'init' | 'join'): KubeadmConfigSpec {
  const { initConfiguration, joinConfiguration, ...rest } = structuredClone(spec);
  return role === 'init'
    ? { ...rest, initConfiguration: initConfiguration ?? {} }
    : { ...rest, joinConfiguration: { ...joinConfiguration, controlPlane: joinConfiguration?.controlPlane ?? {} } };
}

/** How a joined machine finds the cluster is filled in for each machine, so it does not count. */
function sameSetup(have: KubeadmConfigSpec, wanted: KubeadmConfigSpec): boolean {
  const role = have.joinConfiguration ? 'join' : 'init';
  return same(comparable(have), comparable(configFor(wanted, role)));
}

function comparable(spec: KubeadmConfigSpec): KubeadmConfigSpec {
  const { joinConfiguration, ...rest } = spec;
  if (!joinConfiguration) return rest;
  const { discovery: _discovery, ...join } = joinConfiguration;
  return { ...rest, joinConfiguration: join };
}
