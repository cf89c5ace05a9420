import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../runtime/limits.ts';
import type { KubeObject } from '../../store/object.ts';
import { ConfigMap } from '../config-map/kind.ts';
import { NAMESPACE_FINALIZER } from './kind.ts';
import { type NamespaceSeen, namespaceReconciler, planNamespace } from './reconciler.ts';

const env = { limits: LIMITS };

function namespace(metadata: Partial<KubeObject['metadata']>): NamespaceSeen['namespace'] {
  const base = { name: 'lab', uid: 'n', resourceVersion: '1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { ...base, ...metadata }, spec: {}, status: { phase: 'Active' } };
}

function object(apiVersion: string, kind: string, uid: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { ...namespace({ namespace: 'lab', name: uid, uid, ...metadata }), apiVersion, kind, status: undefined } as KubeObject;
}

const going = namespace({ deletionTimestamp: '2026-01-02T00:00:00Z', finalizers: [NAMESPACE_FINALIZER] });

function deleted(left: KubeObject[]): string[] {
  return planNamespace({ namespace: going, left }, env).actions.flatMap((action) =>
    action.do === 'delete' ? [action.was.metadata.name] : [],
  );
}

describe('planNamespace', () => {
  it('holds on to a Namespace that lacks the finalizer, and leaves one alone that has it', () => {
    const [action] = planNamespace({ namespace: namespace({}), left: [] }, env).actions;
    expect(action).toMatchObject({ do: 'update', object: { metadata: { finalizers: [NAMESPACE_FINALIZER] } } });
    expect(planNamespace({ namespace: namespace({ finalizers: [NAMESPACE_FINALIZER] }), left: [] }, env).actions).toEqual([]);
  });

  it('deletes owners before what they own, and Secrets last', () => {
    const cluster = object('cluster.x-k8s.io/v1beta2', 'Cluster', 'cluster');
    const owner = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', name: 'cluster', uid: 'cluster' };
    const machine = object('cluster.x-k8s.io/v1beta2', 'Machine', 'machine', { ownerReferences: [owner] });
    const secret = object('v1', 'Secret', 'secret');
    expect(deleted([secret, machine, cluster])).toEqual(['cluster']);
    expect(deleted([secret, { ...cluster, metadata: { ...cluster.metadata, deletionTimestamp: 'x' } }, machine])).toEqual([]);
    expect(deleted([secret, machine])).toEqual(['machine']);
    expect(deleted([secret])).toEqual(['secret']);
  });

  it('is bounded, says what it waits for, and lets go when all is gone', () => {
    const many = Array.from({ length: LIMITS.actionsPerPlan + 50 }, (_, index) => object('v1', 'ConfigMap', `c${index}`));
    const plan = planNamespace({ namespace: going, left: many }, env);
    expect(plan.actions).toHaveLength(LIMITS.actionsPerPlan);
    expect(plan.because?.sentence).toContain('ConfigMap');
    expect(plan.wakeAfterSeconds).toBe(1);
    const [last] = planNamespace({ namespace: going, left: [] }, env).actions;
    expect(last).toMatchObject({ do: 'update', object: { metadata: { finalizers: [] } } });
  });
});

describe('namespaceReconciler', () => {
  it('is woken by what goes, not by every change', () => {
    const [reads] = namespaceReconciler([ConfigMap]).reads;
    expect(reads!.wakes(object('v1', 'ConfigMap', 'a'))).toEqual([]);
    expect(reads!.wakes(object('v1', 'ConfigMap', 'a', { deletionTimestamp: 'x' }))).toEqual([{ namespace: '', name: 'lab' }]);
  });
});
