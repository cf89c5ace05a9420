/** The next step of a control plane: init, scale up, scale down, roll. One machine at a time, and only when all are well. Pure. */
import { conditionOf } from '../shared/conditions.ts';
import { ANNOTATIONS } from '../shared/labels.ts';
import type { MachineObject } from './seen.ts';

/** A machine as the decision sees it. */
export interface Candidate {
  machine: MachineObject;
  /** Why it must be replaced; empty = it is as wanted. */
  outdated: readonly string[];
  failureDomain: string;
}

/** What the decision needs to know. */
export interface Facts {
  replicas: number;
  version: string;
  maxSurge: number;
  candidates: readonly Candidate[];
  /** Condition types that must be True on every machine before anything is changed. */
  healthTypes: readonly string[];
  /** A remediated machine is being replaced: only its absence and quorum count (Cluster API 1.13). */
  replacing: boolean;
  /** Since when an initialized control plane is out of reach (RFC 3339): what is known of its health may be old, so nothing is changed. */
  lostSince?: string;
}

/** The next step. `wait` has one line per machine that stands in the way. */
export type Step =
  | { do: 'nothing' }
  | { do: 'create'; why: 'init' | 'scale up' | 'rollout' }
  | { do: 'delete'; machine: MachineObject; why: 'scale down' | 'rollout' }
  | { do: 'wait'; for: 'scale up' | 'scale down' | 'rollout'; lines: string[] };

/** Decides. */
export function nextStep(facts: Facts): Step {
  const { candidates, replicas } = facts;
  const count = candidates.length;
  if (count === 0) return { do: 'create', why: 'init' };
  const old = candidates.filter((each) => each.outdated.length > 0 && !isGoing(each.machine));
  if (old.length > 0) {
    return count < replicas + facts.maxSurge
      ? guarded(facts, { do: 'create', why: 'rollout' })
      : guarded(facts, down(facts, 'rollout'));
  }
  if (count < replicas) return guarded(facts, { do: 'create', why: 'scale up' });
  if (count > replicas) return guarded(facts, down(facts, 'scale down'));
  return { do: 'nothing' };
}

function down(facts: Facts, why: 'scale down' | 'rollout'): Step {
  return { do: 'delete', machine: toDelete(facts).machine, why };
}

/** Changes nothing while a machine is in trouble or on its way; before an old one goes in a rollout, the new ones must be nodes. */
function guarded(facts: Facts, step: Step): Step {
  const unwell = facts.lostSince ? [`The control plane cannot be reached since ${facts.lostSince}`] : preflight(facts);
  const leaves = step.do === 'delete' && step.why === 'rollout';
  const lines = unwell.length > 0 || !leaves ? unwell : facts.candidates.flatMap((each) => notJoined(each, facts.version));
  if (lines.length === 0 || step.do === 'nothing' || step.do === 'wait') return step;
  return { do: 'wait', for: step.why === 'init' ? 'scale up' : step.why, lines };
}

/** Cluster API's preflight checks: no machine goes, every machine has a node and healthy components. */
export function preflight(facts: Pick<Facts, 'candidates' | 'healthTypes' | 'replacing'>): string[] {
  const lines: string[] = [];
  for (const { machine } of facts.candidates) {
    const { name } = machine.metadata;
    if (isGoing(machine)) lines.push(`Machine ${name} is being deleted`);
    else if (facts.replacing) continue;
    else if (!machine.status?.nodeRef) {
      lines.push(`Machine ${name} does not have a corresponding Node yet (Machine.status.nodeRef not set)`);
    } else {
      const bad = facts.healthTypes.filter((type) => conditionOf(machine, type)?.status !== 'True');
      for (const type of bad) {
        const condition = conditionOf(machine, type);
        const state = condition?.status === 'False' ? 'false' : 'unknown';
        lines.push(`Machine ${name} reports ${type} condition is ${state}${condition?.message ? ` (${condition.message})` : ''}`);
      }
    }
  }
  return lines;
}

/** What a machine that is as wanted still lacks before an old one may go: a node that is Ready, at the wanted kubelet version. */
function notJoined({ machine, outdated }: Candidate, version: string): string[] {
  if (outdated.length > 0 || isGoing(machine)) return [];
  const { name } = machine.metadata;
  if (conditionOf(machine, 'NodeReady')?.status !== 'True') return [`Node of Machine ${name} is not Ready yet`];
  const kubelet = machine.status?.nodeInfo?.kubeletVersion;
  return kubelet === version ? [] : [`Node of Machine ${name} reports kubelet ${kubelet ?? '(none)'}, ${version} required`];
}

/**
 * Which machine goes: outdated and marked for deletion, marked, outdated and unhealthy, outdated, any; of those, in the failure domain
 * with most machines, the oldest.
 */
export function toDelete(facts: Pick<Facts, 'candidates' | 'healthTypes'>): Candidate {
  const staying = facts.candidates.filter((each) => !isGoing(each.machine));
  const isOld = (each: Candidate) => each.outdated.length > 0;
  const marked = (each: Candidate) => ANNOTATIONS.deleteMachine in (each.machine.metadata.annotations ?? {});
  const sick = (each: Candidate) => facts.healthTypes.some((type) => conditionOf(each.machine, type)?.status === 'False');
  const groups = [
    staying.filter((each) => isOld(each) && marked(each)),
    staying.filter(marked),
    staying.filter((each) => isOld(each) && sick(each)),
    staying.filter(isOld),
    staying,
  ];
  const group = groups.find((each) => each.length > 0) ?? [...facts.candidates];
  const inDomain = (domain: string) => staying.filter((each) => each.failureDomain === domain).length;
  const most = Math.max(...group.map((each) => inDomain(each.failureDomain)));
  return group.filter((each) => inDomain(each.failureDomain) === most).sort(byAge)[0]!;
}

function byAge(a: Candidate, b: Candidate): number {
  const key = ({ machine: { metadata } }: Candidate) => `${metadata.creationTimestamp} ${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}

function isGoing(machine: MachineObject): boolean {
  return machine.metadata.deletionTimestamp !== undefined;
}
