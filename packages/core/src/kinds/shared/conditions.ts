/** Conditions: pure helpers over metav1.Condition lists. */
import type { Condition } from '../../store/object.ts';
import { kubeTime } from '../../store/object.ts';

/** A condition without its time, which {@link setCondition} gives. */
export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

/** Anything that carries conditions in its status. */
export interface WithConditions {
  metadata: { name: string };
  status?: { conditions?: Condition[] } | undefined;
}

/**
 * The list with `next` in it. `lastTransitionTime` moves only when the status changes; when nothing changes the very same list comes
 * back, so that a plan that repeats itself writes nothing.
 */
export function setCondition(conditions: Condition[] | undefined, next: NewCondition, now: Date): Condition[] {
  const list = conditions ?? [];
  const was = list.find((condition) => condition.type === next.type);
  if (was && same(was, next)) return list;
  const lastTransitionTime = was?.status === next.status ? was.lastTransitionTime : kubeTime(now);
  const made: Condition = { ...withoutUndefined(next), lastTransitionTime };
  return was ? list.map((condition) => (condition === was ? made : condition)) : [...list, made];
}

/** {@link setCondition} for several. */
export function setConditions(conditions: Condition[] | undefined, next: readonly NewCondition[], now: Date): Condition[] {
  return next.reduce((list, condition) => setCondition(list, condition, now), conditions ?? []);
}

/** The list without a type; the same list if it is not there. */
export function dropCondition(conditions: Condition[] | undefined, type: string): Condition[] {
  const list = conditions ?? [];
  return list.some((condition) => condition.type === type) ? list.filter((condition) => condition.type !== type) : list;
}

/** An object's condition of a type. */
export function conditionOf(object: WithConditions | null | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether an object's condition of a type has that status (True unless said otherwise). A missing one has none. */
export function conditionIs(
  object: WithConditions | null | undefined,
  type: string,
  status: Condition['status'] = 'True',
): boolean {
  return conditionOf(object, type)?.status === status;
}

/** One source of a summary. */
export interface SummarySource {
  type: string;
  /** False is good (Deleting, Updating). */
  negative?: boolean;
  /** Does not count while it is absent (HealthCheckSucceeded without a health check). */
  optional?: boolean;
}

/** Reasons of a summary or an aggregate for each outcome. */
export interface Reasons {
  True: string;
  False: string;
  Unknown: string;
}

/**
 * One condition out of several of the same object: False if any is bad, else Unknown if any is unknown or missing, else True.
 * The message lists what is not good, one `* Type: message` line each, as Cluster API's summaries do.
 */
export function summarize(
  conditions: Condition[] | undefined,
  type: string,
  sources: readonly SummarySource[],
  reasons: Reasons,
): NewCondition {
  const bad: string[] = [];
  const unknown: string[] = [];
  for (const source of sources) {
    const found = conditions?.find((condition) => condition.type === source.type);
    if (!found) {
      if (!source.optional) unknown.push(`* ${source.type}: Condition not yet reported`);
      continue;
    }
    const line = `* ${source.type}: ${indented(found.message || (found.status === 'Unknown' ? 'Condition is unknown' : found.reason))}`;
    if (found.status === 'Unknown') unknown.push(line);
    else if ((found.status === 'True') === (source.negative === true)) bad.push(line);
  }
  const status = bad.length > 0 ? 'False' : unknown.length > 0 ? 'Unknown' : 'True';
  return { type, status, reason: reasons[status], message: [...bad, ...unknown].join('\n') };
}

/** How many objects one line of an aggregate names before it says how many more there are. */
const NAMED = 3;

/**
 * One condition out of the same condition of several objects (`Ready` of Machines → MachinesReady). Without objects the status is True
 * with reason `empty`. The message groups the objects by their message: `* Machines a, b: why`.
 */
export function aggregate(
  objects: readonly WithConditions[],
  sourceType: string,
  type: string,
  reasons: Reasons & { empty: string },
  plural = 'Machines',
): NewCondition {
  if (objects.length === 0) return { type, status: 'True', reason: reasons.empty, message: '' };
  const groups = new Map<string, string[]>();
  let worst: Condition['status'] = 'True';
  for (const object of objects) {
    const found = conditionOf(object, sourceType);
    const status = found?.status ?? 'Unknown';
    if (status === 'True') continue;
    if (status === 'False' || worst === 'True') worst = status;
    const message = found ? found.message || found.reason : `Condition ${sourceType} not yet reported`;
    groups.set(message, [...(groups.get(message) ?? []), object.metadata.name]);
  }
  const lines = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([message, names]) => groupLine(message, names, plural));
  return { type, status: worst, reason: reasons[worst], message: lines.join('\n') };
}

function groupLine(message: string, names: string[], plural: string): string {
  const sorted = [...names].sort();
  const shown = sorted.slice(0, NAMED).join(', ');
  const more = sorted.length > NAMED ? `, … (${sorted.length - NAMED} more)` : '';
  const noun = sorted.length === 1 ? plural.replace(/s$/, '') : plural;
  return message.startsWith('* ')
    ? `* ${noun} ${shown}${more}:\n${message.replace(/^/gm, '  ')}`
    : `* ${noun} ${shown}${more}: ${indented(message)}`;
}

/** The first cause in a message of bullets, in one line: `WorkersAvailable: MachineDeployment a: 2 of 3 available`. */
export function firstCause(message: string): string {
  const words: string[] = [];
  for (const line of message.split('\n')) {
    const text = line.trim().replace(/^\* /, '');
    words.push(text);
    if (!text.endsWith(':')) break;
  }
  return words.join(' ');
}

function indented(message: string): string {
  return message.startsWith('* ') ? `\n${message.replace(/^/gm, '  ')}` : message.replaceAll('\n', '\n  ');
}

function same(was: Condition, next: NewCondition): boolean {
  return (
    was.status === next.status &&
    was.reason === next.reason &&
    (was.message ?? '') === (next.message ?? '') &&
    was.observedGeneration === next.observedGeneration
  );
}

function withoutUndefined(next: NewCondition): NewCondition {
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as unknown as NewCondition;
}
