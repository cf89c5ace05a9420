/** What makes a revision: the part of a MachineDeployment's template that needs new machines, and the MachineSet that has it. */
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { MachineSet } from '../machine-set/kind.ts';
import { ANNOTATIONS } from '../shared/labels.ts';
import type { MachineTemplate } from '../shared/machine-template.ts';
import type { MachineDeployment } from './kind.ts';

type Deployment = ObjectOf<typeof MachineDeployment>;
type Set = ObjectOf<typeof MachineSet>;

/** Version, bootstrap, infrastructure and failure domain need new machines. All else is changed in place. */
function rolling({ spec }: MachineTemplate) {
  const { version, bootstrap, infrastructureRef, failureDomain } = spec;
  const reference = (ref: { apiGroup: string; kind: string; name: string } | undefined) =>
    ref ? [ref.apiGroup, ref.kind, ref.name] : null;
  return [
    version ?? '',
    reference(bootstrap.configRef),
    bootstrap.dataSecretName ?? '',
    reference(infrastructureRef),
    failureDomain ?? '',
  ];
}

/** Whether two templates can be met by the same machines. */
export function sameRevision(a: MachineTemplate, b: MachineTemplate): boolean {
  return JSON.stringify(rolling(a)) === JSON.stringify(rolling(b));
}

/** A short stable text for a revision: the label `machine-template-hash`. Sets are found by comparing, never by this hash alone. */
export function templateHash(template: MachineTemplate, more = ''): string {
  // FNV-1a, 32 bits: enough to tell the few revisions of one deployment apart.
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(rolling(template)) + more) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(36);
}

/** The MachineSet of the current template, the oldest if there are several; none if spec.rollout.after has passed since it was made. */
export function newSetOf(deployment: Deployment, sets: readonly Set[], now: Date): Set | undefined {
  const after = deployment.spec.rollout?.after;
  const due = after !== undefined && Date.parse(after) <= now.getTime();
  return byAge(sets).find(
    (set) =>
      set.metadata.deletionTimestamp === undefined &&
      sameRevision(set.spec.template, deployment.spec.template) &&
      !(due && Date.parse(set.metadata.creationTimestamp) < Date.parse(after)),
  );
}

/** The set that machines are replaced in: that of the current template, or else the newest there is. */
export function currentSetOf(deployment: Deployment, sets: readonly Set[], now: Date): Set | undefined {
  return newSetOf(deployment, sets, now) ?? [...sets].sort((a, b) => revisionOf(b) - revisionOf(a) || newerFirst(a, b))[0];
}

/** The revision number that a set carries. */
export function revisionOf(set: { metadata: { annotations?: Record<string, string> } }): number {
  return Number(set.metadata.annotations?.[ANNOTATIONS.revision] ?? 0) || 0;
}

/** Oldest first, by name where they are of one second. */
export function byAge(sets: readonly Set[]): Set[] {
  return [...sets].sort((a, b) => -newerFirst(a, b));
}

function newerFirst(a: Set, b: Set): number {
  const [x, y] = [a.metadata, b.metadata];
  if (x.creationTimestamp !== y.creationTimestamp) return x.creationTimestamp < y.creationTimestamp ? 1 : -1;
  return x.name < y.name ? 1 : -1;
}
