/** Fixtures for tests of planners. */
import type { AnyKind, ObjectOf } from '../../registry/define-kind.ts';
import type { Action } from '../../runtime/actions.ts';
import type { Env, Plan } from '../../runtime/define-reconciler.ts';
import { LIMITS } from '../../runtime/limits.ts';
import type { Condition, ObjectMeta } from '../../store/object.ts';

/** The time of all planner tests. */
export const NOW = new Date('2026-01-01T12:00:00Z');

/** An Env with a fixed clock and countable suffixes. */
export function testEnv(now = NOW): Env {
  let count = 0;
  return { now, limits: LIMITS, suffix: () => `x${(++count).toString().padStart(4, '0')}` };
}

/** An object as the store would hold it. */
export function made<K extends AnyKind>(
  kind: K,
  name: string,
  spec: ObjectOf<K>['spec'],
  status?: ObjectOf<K>['status'],
  metadata: Partial<ObjectMeta> = {},
): ObjectOf<K> {
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      name,
      ...(kind.scope === 'Cluster' ? {} : { namespace: 'clusters' }),
      uid: `uid-${kind.plural}-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec,
    ...(status === undefined ? {} : { status }),
  } as ObjectOf<K>;
}

/** A condition that has been so for long. */
export function since(type: string, status: Condition['status'] = 'True', reason = type, message = ''): Condition {
  return { type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' };
}

/** A plan as lines: `create Machine a`, `update BareMetalHost b`, `etcd.removeMember`, `ensureSecret c-ca`. */
export function lines(plan: Plan): string[] {
  return plan.actions.map(lineOf);
}

function lineOf(action: Action): string {
  switch (action.do) {
    case 'create':
      return `create ${action.object.kind} ${action.object.metadata.name}`;
    case 'update':
      return `update ${action.object.kind} ${action.object.metadata.name}`;
    case 'delete':
      return `delete ${action.was.kind} ${action.was.metadata.name}`;
    case 'event':
      return `event ${action.reason}`;
    case 'ensureSecret':
      return `ensureSecret ${action.secret.name}`;
    case 'operation':
      return action.operation.kind;
    default:
      return action satisfies never;
  }
}

/** What a plan makes of an object, by kind and name; undefined if it does not touch it. */
export function after<K extends AnyKind>(plan: Plan, kind: K, name: string): ObjectOf<K> | undefined {
  for (const action of plan.actions) {
    if (
      (action.do === 'update' || action.do === 'create') &&
      action.object.kind === kind.kind &&
      action.object.metadata.name === name
    )
      return action.object as ObjectOf<K>;
  }
  return undefined;
}
