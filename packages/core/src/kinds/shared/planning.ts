/**
 * What every planner of Cluster API kinds does alike: work on copies, write what differs, one operation at a time, say why.
 * A plan that changes nothing writes nothing, and asks for its operation only when nothing is left to write.
 */
import type { Action } from '../../runtime/actions.ts';
import type { Because, Env, Plan } from '../../runtime/define-reconciler.ts';
import type { OperationSpec } from '../../runtime/operations.ts';
import type { Condition, KubeObject } from '../../store/object.ts';
import type { Expect, Operation } from '../../store/store.ts';
import { firstCause, type NewCondition, setCondition } from './conditions.ts';

/** A plan in the making. `self` is a copy: change it freely. */
export interface Work<Spec = unknown, Status = unknown> {
  readonly env: Env;
  readonly was: KubeObject<Spec, Status>;
  readonly self: KubeObject<Spec, Status>;
  /** Copies of other objects, by uid, with what they were. */
  readonly others: Map<string, { was: KubeObject; now: KubeObject }>;
  readonly actions: Action[];
  /** Checks that write only if needed (ensureSecret): made unless an operation is asked for. */
  readonly checks: Action[];
  readonly expects: Expect[];
  operation: Action | null;
  because: Because | null;
  /** The cause uncut, for conditions: they have room for every reason. '' = none. */
  cause: string;
  wakeAfterSeconds: number | undefined;
}

/** Starts a plan for an object. */
export function begin<Spec, Status>(was: KubeObject<Spec, Status>, env: Env): Work<Spec, Status> {
  const self = structuredClone(was);
  return {
    env,
    was,
    self,
    others: new Map(),
    actions: [],
    checks: [],
    expects: [],
    operation: null,
    because: null,
    cause: '',
    wakeAfterSeconds: undefined,
  };
}

/** The copy of another object that this plan changes; the same one each time it is asked for. */
export function edit<Spec, Status>(work: Work, object: KubeObject<Spec, Status>): KubeObject<Spec, Status> {
  const known = work.others.get(object.metadata.uid);
  if (known) return known.now as KubeObject<Spec, Status>;
  const now = structuredClone(object);
  work.others.set(object.metadata.uid, { was: object, now });
  return now;
}

/** Wakes the key again after this; the soonest of several counts. */
export function wakeAfter(work: Work, seconds: number): void {
  const whole = Math.max(1, Math.ceil(seconds));
  work.wakeAfterSeconds = work.wakeAfterSeconds === undefined ? whole : Math.min(work.wakeAfterSeconds, whole);
}

/** The finished plan. */
export function finish<Spec, Status>(work: Work<Spec, Status>): Plan {
  const writes = [...work.actions];
  for (const { was, now } of work.others.values()) if (!same(was, now)) writes.push({ do: 'update', was, object: now });
  if (!same(work.was, work.self)) writes.push({ do: 'update', was: work.was as KubeObject, object: work.self as KubeObject });
  const alone = writes.length === 0 && work.operation !== null;
  return {
    actions: alone ? [work.operation!] : [...writes, ...work.checks],
    because: work.because,
    ...(work.operation && !alone ? { wakeAfterSeconds: 1 } : {}),
    ...(work.wakeAfterSeconds !== undefined && (alone || !work.operation) ? { wakeAfterSeconds: work.wakeAfterSeconds } : {}),
    ...(work.expects.length > 0 ? { expects: work.expects } : {}),
  };
}

/** Status with conditions, as all these kinds have it. */
interface Conditioned {
  conditions?: Condition[];
}

/** The copy's status, made if it is not there. */
export function statusOf<Spec, Status extends object>(work: Work<Spec, Status>): Status {
  work.self.status ??= {} as Status;
  return work.self.status;
}

/** Sets a condition on the copy; its time moves only if its status does. */
export function condition<Spec, Status extends Conditioned>(work: Work<Spec, Status>, next: NewCondition): Condition {
  const status = statusOf(work);
  status.conditions = setCondition(
    status.conditions,
    { ...next, observedGeneration: work.self.metadata.generation },
    work.env.now,
  );
  return status.conditions.find((each) => each.type === next.type)!;
}

/** How a wait shows besides its sentence. */
export interface Waiting {
  tone?: Because['tone'];
  wayOut?: string;
  limit?: Because['limit'];
  since?: string;
}

/** A limit of a wait: when, and what happens then. */
export function limitAt(at: Date, then: string): NonNullable<Because['limit']> {
  return { at: at.toISOString(), then };
}

/** Longest sentence that people are shown (define-reconciler.ts, Because). */
const SENTENCE = 160;

/** Says why the object is not as wanted. The first one said stays: planners speak of the nearest cause first. */
export function because(work: Work, sentence: string, more: Waiting = {}): void {
  if (work.because) return;
  work.cause = sentence;
  const text = sentence.length <= SENTENCE ? sentence : `${sentence.slice(0, SENTENCE - 1)}…`;
  work.because = {
    sentence: text,
    tone: more.tone ?? 'waits',
    ...(more.since ? { since: more.since } : {}),
    ...(more.limit ? { limit: more.limit } : {}),
    ...(more.wayOut ? { wayOut: more.wayOut } : {}),
  };
}

/** Sets a condition that is not as it should be and says so to people, since the condition is so. */
export function waits<Spec, Status extends Conditioned>(work: Work<Spec, Status>, next: NewCondition, more: Waiting = {}): void {
  const set = condition(work, next);
  because(work, firstCause(next.message ?? next.reason), { since: set.lastTransitionTime, ...more });
}

/** Adds the finalizer to the copy. */
export function addFinalizer(object: KubeObject, finalizer: string): void {
  const have = object.metadata.finalizers ?? [];
  if (!have.includes(finalizer)) object.metadata.finalizers = [...have, finalizer];
}

/** Takes the finalizer from the copy. */
export function dropFinalizer(object: KubeObject, finalizer: string): void {
  object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer);
}

/** Sets (or, with undefined, removes) a label of the copy. */
export function setLabel(object: KubeObject, name: string, value: string | undefined): void {
  object.metadata.labels = withKey(object.metadata.labels, name, value);
}

/** Sets (or removes) an annotation of the copy. */
export function setAnnotation(object: KubeObject, name: string, value: string | undefined): void {
  object.metadata.annotations = withKey(object.metadata.annotations, name, value);
}

function withKey(map: Record<string, string> | undefined, name: string, value: string | undefined) {
  const { [name]: _was, ...rest } = map ?? {};
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** Where a wanted operation stands. */
export type Stands =
  | { state: 'asked'; sentence?: string }
  | { state: 'succeeded'; operation: Operation }
  | { state: 'failed'; operation: Operation };

/**
 * Asks for an operation until it has succeeded or failed for good. A failed try that will be repeated counts as asked for, with the
 * error as its sentence.
 */
export function ask(work: Work, operations: readonly Operation[], id: string, spec: OperationSpec): Stands {
  const known = operations.find((each) => each.id === id);
  if (known?.state === 'succeeded') return { state: 'succeeded', operation: known };
  if (known?.state === 'failed' && known.error?.retryable === false) return { state: 'failed', operation: known };
  work.operation ??= { do: 'operation', id, operation: spec };
  const error = known?.error;
  return { state: 'asked', ...(error ? { sentence: `${error.message} (${error.code})` } : {}) };
}

/**
 * Like {@link ask}, for work that must end some day: after a failure for good it is asked for anew, under a new id, `seconds` later.
 * `prefix` is the id without its last part.
 */
export function askUntilDone(
  work: Work,
  operations: readonly Operation[],
  prefix: string,
  spec: OperationSpec,
  seconds: number,
): Exclude<Stands, { state: 'failed' }> {
  const mine = operations.filter((each) => each.id.startsWith(`${prefix}/`));
  const done = mine.find((each) => each.state === 'succeeded');
  if (done) return { state: 'succeeded', operation: done };
  const failed = mine.filter((each) => each.state === 'failed' && each.error?.retryable === false);
  const last = failed
    .map((each) => each.finishedAt ?? each.createdAt)
    .sort()
    .at(-1);
  const error = mine[0]?.error;
  const sentence = error ? `${error.message} (${error.code})` : undefined;
  const waits = last ? Date.parse(last) / 1000 + seconds - work.env.now.getTime() / 1000 : 0;
  if (waits > 0) {
    wakeAfter(work, waits);
    return { state: 'asked', ...(sentence ? { sentence } : {}) };
  }
  const stands = ask(work, operations, `${prefix}/${failed.length}`, spec);
  return {
    state: 'asked',
    ...(stands.state === 'asked' && stands.sentence ? { sentence: stands.sentence } : sentence ? { sentence } : {}),
  };
}

/** Deep equality as JSON sees it: an undefined field, an empty map and a missing one are the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, index) => same(each, b[index]));
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
  }
  return isNothing(a) && isNothing(b);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isNothing);
}

/** A short text that changes with its input: 53 bits of a string hash (cyrb53), for operation ids. Not for security. */
export function shortHash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/**
 * Label on an object that waits for others of which it does not know the names: those others' changes wake the objects that carry it
 * (a label, because the queue selects keys by labels).
 */
export const WAITS_FOR = 'fleet.slipway.dev/waits-for';
