import { describe, expect, test } from 'vitest';
import type { Env } from '../../runtime/define-reconciler.ts';
import { LIMITS } from '../../runtime/limits.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import { conditionOf } from '../shared/conditions.ts';
import type { KubeadmConfigSeen } from './observe.ts';
import { plan } from './reconciler.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const env: Env = { now: NOW, suffix: () => 'abcde', limits: LIMITS };

function meta(name: string, labels: Record<string, string> = {}) {
  return {
    name,
    namespace: 'clusters',
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-11-23T09:00:00Z',
    labels: { 'cluster.x-k8s.io/cluster-name': 'production', ...labels },
  };
}

const CP = { 'cluster.x-k8s.io/control-plane': '' };

function machine(name: string, labels: Record<string, string> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Machine',
    metadata: meta(name, labels),
    spec: { clusterName: 'production', version: 'v1.32.0' },
  };
}

function seenOf(more: { worker?: boolean; initialized?: boolean } & Partial<Record<keyof KubeadmConfigSeen, unknown>> = {}) {
  const { worker, initialized, ...rest } = more;
  const own = machine('m-1', worker ? {} : CP);
  return {
    config: { apiVersion: 'v1', kind: 'KubeadmConfig', metadata: meta('m-1'), spec: {} },
    machine: own,
    cluster: {
      apiVersion: 'v1',
      kind: 'Cluster',
      metadata: meta('production'),
      spec: { controlPlaneEndpoint: { host: '10.0.0.100', port: 6443 } },
      status: { initialization: { infrastructureProvisioned: true, controlPlaneInitialized: initialized ?? false } },
    },
    metal3Cluster: { apiVersion: 'v1', kind: 'Metal3Cluster', metadata: meta('production'), spec: {} },
    sites: [{ metadata: { name: 'hall-1' }, spec: { kubeVip: { image: 'kube-vip:v1', interface: 'eno1' } } }],
    controlPlane: worker ? [] : [own],
    missingSecrets: [],
    token: null,
    data: null,
    operations: [],
    ...rest,
  } as unknown as KubeadmConfigSeen;
}

const outside = { namespace: 'clusters', name: 'x', uid: 'u', resourceVersion: '1', type: 't', keys: [], labels: {} };
const told = { id: 'uid-m-1/0/token', state: 'succeeded' } as Operation;

function statusOf(actions: ReturnType<typeof plan>['actions']) {
  const write = actions.find((action) => action.do === 'update');
  return (write as { object: KubeadmConfigSeen['config'] } | undefined)?.object;
}

describe('waiting', () => {
  test('for the infrastructure', () => {
    const seen = seenOf();
    seen.cluster!.status = {};
    const config = statusOf(plan(seen, env).actions);
    expect(conditionOf(config, 'DataSecretAvailable')).toMatchObject({
      status: 'False',
      reason: 'WaitingForClusterInfrastructureReady',
    });
    expect(conditionOf(config, 'Ready')).toMatchObject({ status: 'False', reason: 'NotReady' });
  });

  test('for the first control plane: workers, and all but the oldest control-plane machine', () => {
    const first = machine('m-0', CP);
    for (const seen of [seenOf({ worker: true }), seenOf({ controlPlane: [machine('m-1', CP), first] })]) {
      const planned = plan(seen, env);
      expect(conditionOf(statusOf(planned.actions), 'DataSecretAvailable')?.reason).toBe('WaitingForControlPlaneInitialized');
      expect(planned.because?.tone).toBe('waits');
    }
  });

  test('for certificates, by name', () => {
    const planned = plan(seenOf({ missingSecrets: ['production-ca'] }), env);
    expect(planned.because?.sentence).toContain('production-ca');
    expect(conditionOf(statusOf(planned.actions), 'CertificatesAvailable')?.status).toBe('Unknown');
  });

  test('a plan that repeats itself writes nothing', () => {
    const seen = seenOf({ worker: true });
    const config = statusOf(plan(seen, env).actions)!;
    expect(plan({ ...seen, config }, { ...env, now: new Date(NOW.getTime() + 5000) }).actions).toEqual([]);
  });
});

describe('making', () => {
  test('the first control plane inits, with kube-vip of its site', () => {
    const [data] = plan(seenOf(), env).actions;
    expect(data).toMatchObject({
      do: 'ensureSecret',
      recipe: 'bootstrap-data',
      inputs: { role: 'init', kubeVip: { image: 'kube-vip:v1', interface: 'eno1', address: '10.0.0.100' } },
    });
  });

  test('no kube-vip where the endpoint is external', () => {
    const seen = seenOf();
    (seen.metal3Cluster as KubeObject).metadata.annotations = { 'fleet.slipway.dev/external-endpoint': 'true' };
    expect(plan(seen, env).actions[0]).not.toMatchObject({ inputs: { kubeVip: expect.anything() } });
  });

  test('a join: token, then telling it alone in its plan, then data', () => {
    const base = { initialized: true } as const;
    expect(plan(seenOf(base), env).actions).toMatchObject([{ do: 'ensureSecret', recipe: 'bootstrap-token' }]);
    const waiting = seenOf({ ...base, token: outside });
    const config = statusOf(plan(waiting, env).actions)!;
    expect(plan({ ...waiting, config }, env).actions).toMatchObject([
      { do: 'operation', id: 'uid-m-1/0/token', operation: { kind: 'workload.token' } },
    ]);
    const done = plan(seenOf({ ...base, token: outside, operations: [told] }), env);
    expect(done.actions[0]).toMatchObject({ recipe: 'bootstrap-data', inputs: { role: 'join-control-plane' } });
    expect(statusOf(done.actions)?.status).toMatchObject({
      dataSecretName: 'm-1',
      initialization: { dataSecretCreated: true },
    });
    expect(conditionOf(statusOf(done.actions), 'Ready')?.status).toBe('True');
  });

  test('labels that kubelet refuses are reported once, with the data', () => {
    const args = [{ name: 'node-labels', value: 'node-role.kubernetes.io/control-plane=' }];
    const seen = seenOf();
    seen.config.spec = { initConfiguration: { nodeRegistration: { kubeletExtraArgs: args } } };
    expect(plan(seen, env).actions.filter((action) => action.do === 'event')).toMatchObject([{ reason: 'NodeLabelsLeftOut' }]);
  });
});

describe('afterwards', () => {
  function ready(more: Record<string, unknown> = {}) {
    const seen = seenOf({ initialized: true, token: outside, operations: [told], data: outside, ...more });
    const config = statusOf(plan(seen, env).actions);
    return { ...seen, config: config ?? seen.config };
  }
  const later = (seconds: number): Env => ({ ...env, now: new Date(NOW.getTime() + seconds * 1000) });

  test('the token is renewed at half life while there is no node', () => {
    const seen = ready();
    expect(plan(seen, later(10))).toMatchObject({ actions: [], wakeAfterSeconds: 440 });
    expect(plan(seen, later(451)).actions).toMatchObject([{ do: 'operation', id: 'uid-m-1/1/token' }]);
  });

  test('and no more once there is one', () => {
    const seen = ready();
    seen.machine!.status = { nodeRef: { name: 'm-1' } };
    expect(plan(seen, later(451)).actions).toEqual([]);
  });

  test('a paused cluster is left alone', () => {
    const seen = seenOf();
    seen.cluster!.spec.paused = true;
    const planned = plan(seen, env);
    expect(conditionOf(statusOf(planned.actions), 'Paused')?.status).toBe('True');
    expect(planned.actions).toHaveLength(1);
  });
});
