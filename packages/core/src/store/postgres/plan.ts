/** A prepared commit as the JSON that slipway_commit takes, and its answer as a result or an AppError. */
import type { AppError } from '../../errors.ts';
import { equalJson } from '../json.ts';
import { fields, type KubeObject, refOf } from '../object.ts';
import { claimLost, conflictOn, existsAlready, operationConflict, type Prepared, type PreparedWrite } from '../prepare.ts';
import type { Commit, Committed, Observation, OperationWrite, Wake } from '../store.ts';
import type { Parts, Rows } from './rows.ts';

/** What one transaction of this store can do: a commit, and what was seen. */
export interface Plan extends Commit {
  observations?: Observation[];
  /** Failures in a row of the key that `done` gives back; a commit gives back 0. */
  failures?: number;
}

/** The answer for one plan. */
export type PlanResult = { versions: (string | number)[] } | { refused: Refusal; index: number; stored: string };

type Refusal = 'version' | 'exists' | 'changed' | 'operation' | 'claim';

/** The JSON of a plan. Sections that are empty are left out: the function skips them. */
export function encodePlan(plan: Plan, prepared: Prepared, rows: Rows): Record<string, unknown> {
  const writes = prepared.writes.filter((write) => write.type !== 'NONE');
  const keys = prepared.wakes.filter((wake) => 'name' in wake);
  const selections = prepared.wakes.filter((wake) => 'select' in wake);
  return {
    expects: some(plan.expects?.map(({ ref, resourceVersion }, i) => ({ i, ...place(ref), v: resourceVersion }))),
    writes: some(writes.map((write, i) => encodeWrite(write, i, rows))),
    wakes: some(unique(keys).map((wake) => ({ r: wake.reconciler, ns: wake.namespace, n: wake.name, at: wake.at }))),
    selects: some(unique(selections).map(encodeSelection)),
    owners: some(prepared.owners),
    operations: some(plan.operations?.map(encodeOperation)),
    observations: some(latest(plan.observations ?? [])),
    done: plan.done && {
      ...claimKey(plan.done.claim),
      claim: plan.done.claim.gen,
      again: plan.done.again,
      failures: plan.failures,
    },
  };
}

function encodeWrite(write: Exclude<PreparedWrite, { type: 'NONE' }>, i: number, rows: Rows) {
  const { type, before, after } = write;
  const { metadata } = after;
  const kept = before ? unchangedParts(before, after) : {};
  const parts: Partial<Parts> = rows.parts(after);
  for (const part of Object.keys(kept) as (keyof Parts)[]) delete parts[part];
  return {
    i,
    type,
    uid: metadata.uid,
    ...place(refOf(after)),
    av: after.apiVersion,
    gen: metadata.generation,
    was: before?.metadata.resourceVersion,
    labels: metadata.labels ?? {},
    before: before ? (before.metadata.labels ?? {}) : undefined,
    owners: [...new Set(metadata.ownerReferences?.map((owner) => owner.uid))],
    keep: kept,
    ...parts,
  };
}

/** Which of spec, status and the rest stay as they are: they are neither sent nor sealed anew. */
function unchangedParts(before: KubeObject, after: KubeObject): Record<string, true> {
  return {
    ...(equalJson(before.spec, after.spec) ? { spec: true } : {}),
    ...(equalJson(before.status, after.status) ? { status: true } : {}),
    ...(equalJson(fields(before), fields(after)) ? { rest: true } : {}),
  };
}

function encodeSelection(wake: Extract<Wake, { select: unknown }>) {
  const { group, kind, namespace, labels, ownerUid } = wake.select;
  const wanted = labels && Object.keys(labels).length ? labels : undefined;
  return { r: wake.reconciler, g: group, k: kind, ns: namespace, labels: wanted, owner: ownerUid, at: wake.at };
}

function encodeOperation({ from, operation }: OperationWrite, i: number) {
  return {
    i,
    from,
    id: operation.id,
    subject: operation.subjectUid,
    kind: operation.kind,
    state: operation.state,
    body: operation,
  };
}

/** One row per subject and source: of several in one call the last counts. */
function latest(observations: Observation[]) {
  const rows = observations.map(({ subject, source, data, seenAt }) => [
    `${subject}\n${source}`,
    { subject, source, data, at: seenAt },
  ]);
  return [...new Map(rows as [string, unknown][]).values()];
}

function place(ref: { group: string; kind: string; namespace: string; name: string }) {
  return { g: ref.group, k: ref.kind, ns: ref.namespace, n: ref.name };
}

function claimKey(claim: { reconciler: string; namespace: string; name: string }) {
  return { r: claim.reconciler, ns: claim.namespace, n: claim.name };
}

function some<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}

function unique<T>(list: T[]): T[] {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()];
}

/** The outcome of a plan. Throws `conflict` or `alreadyExists` where a guard did not hold. */
export function decodeResult(plan: Plan, prepared: Prepared, result: PlanResult, head: string): Committed {
  if ('refused' in result) throw refusalError(plan, prepared, result);
  const versions = result.versions.map(String);
  let next = 0;
  const objects = prepared.writes.map((write) => {
    if (write.type === 'NONE') return write.object;
    write.after.metadata.resourceVersion = versions[next++]!;
    return write.type === 'DELETED' ? null : write.after;
  });
  return {
    objects,
    changed: prepared.writes.map((write) => write.type !== 'NONE'),
    resourceVersion: versions.at(-1) ?? head,
  };
}

function refusalError(plan: Plan, prepared: Prepared, result: { refused: Refusal; index: number; stored: string }): AppError {
  const { refused, index, stored } = result;
  const write = prepared.writes.filter((one) => one.type !== 'NONE')[index];
  switch (refused) {
    case 'version':
      return conflictOn(plan.expects![index]!.ref, plan.expects![index]!.resourceVersion, stored);
    case 'exists':
      return existsAlready(refOf(write!.after));
    case 'changed':
      return conflictOn(refOf(write!.after), write!.before!.metadata.resourceVersion, stored);
    case 'operation':
      return operationConflict(plan.operations![index]!.operation.id, plan.operations![index]!.from, stored);
    case 'claim':
      return claimLost(plan.done!.claim);
    default:
      return refused satisfies never;
  }
}
