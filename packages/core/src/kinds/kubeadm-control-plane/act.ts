/** Carrying out the next step: choosing a failure domain, making a machine, deleting one, and refusing what has no image. */
import { event } from '../../runtime/actions.ts';
import { chooseHost, freeByDomain, type HostWish, pickDomain, type Sibling, turnDown } from '../metal3-machine/choose-host.ts';
import { hostFacts } from '../metal3-machine/host-facts.ts';
import { pickImage } from '../metal3-machine/pick-image.ts';
import { Metal3MachineTemplate, type Metal3MachineTemplateObject } from '../metal3-machine-template/kind.ts';
import { because, setAnnotation, setLabel, WAITS_FOR, wakeAfter } from '../shared/planning.ts';
import { newMachine } from './clone.ts';
import { REMEDIATION_FOR, REMEDIATION_IN_PROGRESS } from './remediation.ts';
import type { Candidate, Step } from './rollout.ts';
import type { Seen } from './seen.ts';
import type { ControlPlaneWork } from './status.ts';

/** Event reason of a control plane that must not be changed now. */
const UNHEALTHY = 'ControlPlaneUnhealthy';

/** Carries out a step. Returns what stands in its way, for the conditions. */
export function act(work: ControlPlaneWork, seen: Seen, step: Step, candidates: readonly Candidate[]): string[] {
  switch (step.do) {
    case 'nothing':
      setLabel(work.self, WAITS_FOR, undefined);
      return [];
    case 'wait':
      return hold(work, seen, step.lines);
    case 'create': {
      const refusal = refused(seen);
      if (refusal) return refuse(work, refusal);
      setLabel(work.self, WAITS_FOR, undefined);
      make(work, seen, candidates, step.why);
      return [];
    }
    case 'delete': {
      const refusal = step.why === 'rollout' ? refused(seen) : null;
      if (refusal) return refuse(work, refusal);
      work.actions.push({ do: 'delete', was: step.machine });
      because(work, `Deleting Machine ${step.machine.metadata.name} (${step.why})`);
      return [];
    }
    default:
      return step satisfies never;
  }
}

function hold(work: ControlPlaneWork, seen: Seen, lines: string[]): string[] {
  wakeAfter(work, work.env.limits.preflightSeconds);
  const shown = lines.slice(0, 10);
  const message = `Waiting for control plane to pass preflight checks to continue reconciliation: ${shown.join('; ')}`;
  // Once for each cause: the conditions keep saying it.
  const known = seen.self.status?.conditions?.some((each) => each.message?.includes(`* ${shown[0]}`));
  const starting = seen.self.status?.initialization?.controlPlaneInitialized !== true;
  if (!known && !starting) work.actions.push(event(work.was, 'Warning', UNHEALTHY, message));
  because(work, shown[0]!);
  return shown;
}

/** Why no machine of the wanted version can be made; null = one can. */
function refused(seen: Seen): { sentence: string; wayOut: string; label?: 'image' } | null {
  const { infrastructureRef } = seen.self.spec.machineTemplate.spec;
  if (!seen.template) {
    const name = `${infrastructureRef.kind} ${infrastructureRef.name}`;
    return { sentence: `${name} does not exist`, wayOut: `Create ${name}.` };
  }
  if (!isMetal(seen.template)) return null;
  const picked = pickImage(seen.template.spec.template.spec.image, seen.images, seen.self.spec.version);
  if (!('refusal' in picked)) return null;
  return {
    sentence: `${infrastructureRef.kind} ${infrastructureRef.name}: ${picked.refusal}`,
    wayOut: picked.wayOut,
    label: 'image',
  };
}

function isMetal(template: { kind: string }): template is Metal3MachineTemplateObject {
  return template.kind === Metal3MachineTemplate.kind;
}

function refuse(work: ControlPlaneWork, refusal: NonNullable<ReturnType<typeof refused>>): string[] {
  setLabel(work.self, WAITS_FOR, refusal.label);
  wakeAfter(work, work.env.limits.sweepSeconds);
  because(work, refusal.sentence, { tone: 'caution', wayOut: refusal.wayOut });
  return [refusal.sentence];
}

function make(work: ControlPlaneWork, seen: Seen, candidates: readonly Candidate[], why: string): void {
  const failureDomain = domainFor(seen, candidates);
  const remediation = work.self.metadata.annotations?.[REMEDIATION_IN_PROGRESS];
  const first = candidates.length === 0 && work.self.status?.initialization?.controlPlaneInitialized !== true;
  const actions = newMachine({
    controlPlane: seen.self,
    cluster: seen.cluster!.metadata.name,
    template: seen.template!,
    role: first ? 'init' : 'join',
    suffix: work.env.suffix(),
    ...(failureDomain ? { failureDomain } : {}),
    ...(remediation ? { annotations: { [REMEDIATION_FOR]: remediation } } : {}),
  });
  work.actions.push(...actions);
  if (remediation) setAnnotation(work.self, REMEDIATION_IN_PROGRESS, undefined);
  because(work, `Making a control-plane Machine (${why})`);
}

/** The rack (or feed) for the next machine: fewest up-to-date machines among the domains that have a suitable host. */
function domainFor(seen: Seen, candidates: readonly Candidate[]): string | undefined {
  if (!seen.world || !seen.template || !isMetal(seen.template)) return undefined;
  const { hostSelector } = seen.template.spec.template.spec;
  const namespace = seen.self.metadata.namespace ?? '';
  const wish: HostWish = {
    machine: '',
    namespace,
    site: seen.metal3Cluster?.status?.site ?? '',
    controlPlane: true,
    ...(hostSelector ? { selector: hostSelector } : {}),
  };
  const facts = hostFacts(seen.world, namespace);
  const siblings: Sibling[] = candidates.map((each) => ({
    failureDomain: each.failureDomain,
    stays: each.outdated.length === 0 && each.machine.metadata.deletionTimestamp === undefined,
  }));
  if ('none' in chooseHost(wish, facts, siblings)) return undefined;
  const free = freeByDomain(facts.filter((host) => turnDown(host, wish) === null));
  return pickDomain(free, siblings) || undefined;
}
