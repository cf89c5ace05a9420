/**
 * The executor: the only place where a plan takes effect. Observe, plan, then either one transaction of object writes or one
 * operation, written down as intended before it is tried and with its outcome after.
 */
import { AppError, isCode } from '../errors.ts';
import { type KubeObject, kubeTime, refKey, refOf } from '../store/object.ts';
import type { Claim, Commit, Expect, Observation, Operation, Store, Write } from '../store/store.ts';
import type { Action, EnsureSecret } from './actions.ts';
import type { Because, Env, Plan, Reader, Reconciler } from './define-reconciler.ts';
import { eventWrite } from './events.ts';
import type { Limits } from './limits.ts';
import { assertMayWrite } from './may-write.ts';
import type { OperationOutcome } from './operations.ts';
import { readerOf } from './reader.ts';

/** Carries out operations. Both methods answer with an outcome; what they throw counts as a retryable failure. */
export interface OperationRunner {
  run: (operation: Operation, subject: KubeObject) => Promise<OperationOutcome>;
  /** Looks after an operation that is `running`. */
  poll: (operation: Operation, subject: KubeObject) => Promise<OperationOutcome>;
}

/** What the executor needs. */
export interface ExecutorPorts {
  store: Store;
  runner: OperationRunner;
  /** Makes the Secret unless it is there (operations/secrets.ts). */
  ensureSecret: (action: EnsureSecret) => Promise<unknown>;
  suffix: () => string;
  limits: Limits;
  log: (level: 'debug' | 'warn' | 'error', message: string, detail: Record<string, unknown>) => void;
  /** Called after each effect, for World's invariants and for metrics. */
  after?: (what: { reconciler: string; key: string; plan: Plan }) => Promise<void> | void;
}

/** What one turn of a key came to. `settled`: nothing to do; `acted`: something changed; `operated`: an operation was run or polled. */
export type Turn = 'gone' | 'settled' | 'acted' | 'operated' | 'conflict';

/** Runs one claimed key: turns in a row while operations succeed, then gives the claim back. Errors are backed off in the queue. */
export async function runKey(ports: ExecutorPorts, reconciler: Reconciler, claim: Claim): Promise<Turn> {
  const { store, limits } = ports;
  try {
    for (let turn = 1; ; turn++) {
      const outcome = await oneTurn(ports, reconciler, claim, turn >= limits.plansInARow);
      if (outcome !== 'again') return outcome;
    }
  } catch (error) {
    if (isCode(error, 'conflict')) {
      await store.queue.release(claim, { again: await store.now() });
      return 'conflict';
    }
    const seconds = Math.min(limits.backoffFirstSeconds * 2 ** Math.min(claim.failures, 20), limits.backoffMostSeconds);
    ports.log('error', 'reconcile failed', {
      reconciler: reconciler.name,
      namespace: claim.namespace,
      name: claim.name,
      seconds,
      error,
    });
    await store.queue.release(claim, { again: new Date((await store.now()).getTime() + seconds * 1000), failed: true });
    return 'settled';
  }
}

/** One observe → plan → effect. 'again' = an operation succeeded and the key should be planned at once. */
async function oneTurn(ports: ExecutorPorts, reconciler: Reconciler, claim: Claim, last: boolean): Promise<Turn | 'again'> {
  const { store } = ports;
  const now = await store.now();
  const reader = readerOf(store);
  const self = await reader.getAny(reconciler.for.group, reconciler.for.kind, claim.namespace, claim.name);
  const seen = self ? await reconciler.observe(reader, claim) : null;
  if (!self || seen === null) {
    await store.queue.release(claim, {});
    return 'gone';
  }
  const env: Env = { now, suffix: ports.suffix, limits: ports.limits };
  const plan = reconciler.plan(seen as never, env);
  checkPlan(reconciler, plan, ports.limits);
  for (const action of plan.actions) assertMayWrite(reconciler, self, action);
  const said = await newBecause(reader, self, plan.because, now);
  const operation = plan.actions.find((action) => action.do === 'operation');
  if (operation) {
    if (said.length > 0) await store.observe(said);
    const known = (await reader.operations(self.metadata.uid)).find(({ id }) => id === operation.id);
    return operate(ports, reconciler, claim, self, plan, { action: operation, known, now }, last);
  }
  const changed = await commitWrites(ports, reconciler, claim, plan, said, now);
  await ports.after?.({ reconciler: reconciler.name, key: `${claim.namespace}/${claim.name}`, plan });
  return changed ? 'acted' : 'settled';
}

/** A plan's own rules: bounded, and an operation stands alone. */
function checkPlan(reconciler: Reconciler, plan: Plan, limits: Limits): void {
  if (plan.actions.length > limits.actionsPerPlan) {
    throw new AppError(
      'internal',
      `${reconciler.name} planned ${plan.actions.length} actions; at most ${limits.actionsPerPlan} are allowed`,
    );
  }
  if (plan.actions.length > 1 && plan.actions.some((action) => action.do === 'operation')) {
    throw new AppError('internal', `${reconciler.name} planned an operation together with other actions`);
  }
}

async function commitWrites(
  ports: ExecutorPorts,
  reconciler: Reconciler,
  claim: Claim,
  plan: Plan,
  observations: Observation[],
  now: Date,
): Promise<boolean> {
  const { store } = ports;
  const writes: Write[] = [];
  for (const action of plan.actions) {
    if (action.do === 'ensureSecret') await ports.ensureSecret(action);
    else if (action.do !== 'operation') writes.push(await writeOf(store, action, `slipway-${reconciler.name}`, now));
  }
  const again = plan.wakeAfterSeconds === undefined ? undefined : new Date(now.getTime() + plan.wakeAfterSeconds * 1000);
  const done = { claim, ...(again ? { again } : {}) };
  const committed = await store.commit({ expects: plan.expects ?? [], writes, observations, done });
  return committed.changed.some(Boolean);
}

function writeOf(
  store: Store,
  action: Exclude<Action, EnsureSecret | { do: 'operation' }>,
  component: string,
  now: Date,
): Promise<Write> {
  switch (action.do) {
    case 'create':
      return Promise.resolve({ op: 'create', object: action.object });
    case 'update':
      return Promise.resolve({ op: 'update', was: action.was, object: action.object });
    case 'delete':
      return Promise.resolve({
        op: 'delete',
        was: action.was,
        ...(action.propagation ? { propagation: action.propagation } : {}),
      });
    case 'event':
      return eventWrite(store, action, component, now);
    default:
      return action satisfies never;
  }
}

type Operate = Extract<Action, { do: 'operation' }>;

/** The operation asked for, its row if there is one, and the time of the plan. */
interface Wanted {
  action: Operate;
  known: Operation | undefined;
  now: Date;
}

/** Intends, runs or polls the operation that is the whole plan. */
async function operate(
  ports: ExecutorPorts,
  reconciler: Reconciler,
  claim: Claim,
  self: KubeObject,
  plan: Plan,
  { action, known, now }: Wanted,
  last: boolean,
): Promise<Turn | 'again'> {
  const { store } = ports;
  const waitsUntil = known?.state === 'failed' ? retryAt(known) : undefined;
  if (known?.state === 'succeeded' || waitsUntil === 'never' || (waitsUntil && waitsUntil > now)) {
    // The planner asks for what is done or may not be tried now: wait for its own time, or for the retry.
    await store.queue.release(claim, { again: waitsUntil instanceof Date ? waitsUntil : wakeTime(plan, now) });
    return 'settled';
  }
  const intended = known ?? (await intend(store, self, plan, action, now));
  const outcome = await attempt(ports, intended, self);
  const ended = await store.now();
  const again = outcome.state === 'running' ? wakeTime(plan, ended) : last ? ended : undefined;
  await record(ports, intended, outcome, ended, again && { claim, again });
  await ports.after?.({ reconciler: reconciler.name, key: `${claim.namespace}/${claim.name}`, plan });
  return again ? 'operated' : 'again';
}

/** When to look again at something that goes on by itself; a lost report must not stop the work. */
function wakeTime(plan: Plan, now: Date): Date {
  return new Date(now.getTime() + (plan.wakeAfterSeconds ?? 15) * 1000);
}

function retryAt(operation: Operation): Date | 'never' {
  if (!operation.error?.retryable) return 'never';
  return operation.notBefore ? new Date(operation.notBefore) : new Date(0);
}

/** Writes the operation down before it is tried, standing on the version of the object it was planned from. */
async function intend(store: Store, self: KubeObject, plan: Plan, action: Operate, now: Date): Promise<Operation> {
  const { kind, args } = action.operation;
  const operation: Operation = {
    id: action.id,
    subject: refOf(self),
    subjectUid: self.metadata.uid,
    kind,
    args: args as Operation['args'],
    state: 'intended',
    attempts: 0,
    createdAt: kubeTime(now),
  };
  const stoodOn: Expect = { ref: refOf(self), resourceVersion: self.metadata.resourceVersion };
  await store.commit({ expects: [stoodOn, ...(plan.expects ?? [])], operations: [{ from: 'absent', operation }] });
  return operation;
}

async function attempt(ports: ExecutorPorts, operation: Operation, self: KubeObject): Promise<OperationOutcome> {
  try {
    return operation.state === 'running' ? await ports.runner.poll(operation, self) : await ports.runner.run(operation, self);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ports.log('warn', 'operation threw', { operation: operation.id, kind: operation.kind, error });
    return { state: 'failed', code: 'Internal', message, retryable: true };
  }
}

/**
 * Records an outcome, and gives the claim back with it; only if the row still is as it was when this try began. A poll that finds the
 * operation still running has nothing to record.
 */
async function record(
  ports: ExecutorPorts,
  was: Operation,
  outcome: OperationOutcome,
  now: Date,
  done: Commit['done'],
): Promise<void> {
  const { store, limits } = ports;
  if (was.state === 'running' && outcome.state === 'running' && outcome.handle === was.handle) {
    if (done) await store.queue.release(done.claim, { again: done.again });
    return;
  }
  const operation: Operation = { ...was, state: outcome.state, startedAt: was.startedAt ?? kubeTime(now) };
  if (was.state !== 'running') operation.attempts = was.attempts + 1;
  delete operation.error;
  delete operation.notBefore;
  if (outcome.state === 'running') operation.handle = outcome.handle;
  else operation.finishedAt = kubeTime(now);
  if (outcome.state === 'succeeded' && outcome.result !== undefined) operation.result = outcome.result as Operation['result'];
  if (outcome.state === 'failed') {
    const { code, message, retryable } = outcome;
    operation.error = { code, message, retryable };
    const seconds = Math.min(limits.backoffFirstSeconds * 2 ** Math.min(operation.attempts, 20), limits.backoffMostSeconds);
    if (retryable) operation.notBefore = new Date(now.getTime() + seconds * 1000).toISOString();
  }
  await store.commit({ operations: [{ from: was.state, operation }], ...(done ? { done } : {}) });
}

/** The because sentence as an observation, if it is not what was said before. */
async function newBecause(reader: Reader, self: KubeObject, because: Because | null, now: Date): Promise<Observation[]> {
  const subject = refKey(refOf(self));
  const known = (await reader.observations(subject)).find((seen) => seen.source === 'because');
  const before = known ? JSON.stringify(known.data) : 'null';
  if (before === JSON.stringify(because)) return [];
  return [{ subject, source: 'because', data: because as Observation['data'], seenAt: now.toISOString() }];
}
