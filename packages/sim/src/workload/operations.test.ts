import { createWorkloadCollector, workloadWakes } from '@slipway/core/collectors/workload.ts';
import { createWorkloadOperations } from '@slipway/core/operations/workload.ts';
import { workloadPool } from '@slipway/core/operations/workload-access.ts';
import { LIMITS } from '@slipway/core/runtime/limits.ts';
import type { ControlPlaneSeen, NodesSeen } from '@slipway/core/runtime/seen.ts';
import { createMemoryStore } from '@slipway/core/store/memory/store.ts';
import type { Operation, Store } from '@slipway/core/store/store.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, makeLab, until } from '../node/lab.ts';
import type { RunningNode } from '../node-contract.ts';
import { type SiteProxy, startProxy } from '../proxy.ts';
import { resourceOf } from './resources.ts';

const CLUSTER = { namespace: 'clusters', name: 'production' };
const SUBJECT = 'cluster.x-k8s.io/Cluster/clusters/production';
const NODES = resourceOf('', 'nodes')!;
const CNI =
  'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: kindnet, namespace: kube-system }\nspec: { template: { spec: {} } }\n';

let lab: Lab;
let store: Store;
let proxy: SiteProxy;
let first: RunningNode;

beforeEach(async () => {
  lab = await makeLab();
  proxy = await startProxy(lab.network, 0);
  let uids = 0;
  store = createMemoryStore({ wakesOf: () => [], secretFields: () => ['data'], newUid: () => `uid-${uids++}` });
  const metadata = (name: string) => ({ name, namespace: 'clusters' });
  const base64 = (data: Record<string, string>) =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  const spec = { controlPlaneRef: { apiGroup: 'controlplane.cluster.x-k8s.io', kind: 'KubeadmControlPlane', name: 'cp' } };
  const secret = (name: string, data: Record<string, string>) => ({
    op: 'create' as const,
    object: { apiVersion: 'v1', kind: 'Secret', metadata: metadata(name), data: base64(data) },
  });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('cni'), data: { manifest: CNI } };
  await store.commit({
    writes: [
      {
        op: 'create',
        object: { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: metadata('production'), spec },
      },
      { op: 'create', object: configMap },
      secret('production-kubeconfig', { value: await lab.kubeconfig(proxy.url) }),
      secret('production-etcd', lab.secrets['production-etcd']!),
    ],
  });
  first = await lab.boot('cp-1', 'init');
  await until('cp-1 registers', () => lab.cluster()?.kubelets.has('cp-1'));
});

afterEach(async () => {
  workloadPool(store).close();
  lab.close();
  await proxy.close();
});

function run(kind: string, args: Record<string, unknown>) {
  const operation = { id: 'x', kind, args: { cluster: CLUSTER, ...args } } as unknown as Operation;
  return createWorkloadOperations({ store })[kind]!.run(operation);
}

async function join(name: string, role: 'join-control-plane' | 'join-worker', more: Record<string, unknown> = {}) {
  const { id, secret } = lab.token(name);
  const data = { 'token-id': Buffer.from(id).toString('base64'), 'token-secret': Buffer.from(secret).toString('base64') };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: `${name}-token`, namespace: 'clusters' }, data };
  await store.commit({ writes: [{ op: 'create', object }] });
  const version = more.version ? { kubernetesVersion: more.version } : {};
  const told = await run('workload.token', { secret: { namespace: 'clusters', name: `${name}-token` }, ...version });
  expect(told).toEqual({ state: 'succeeded' });
  const running = await lab.boot(name, role, more);
  await until(`${name} registers`, () => lab.cluster().objects.get(NODES, '', name));
  return running;
}

async function collect() {
  await createWorkloadCollector({ store, limits: LIMITS }).run({
    reconciler: 'collect-workload',
    ...CLUSTER,
    gen: 1,
    failures: 0,
  });
  const seen = await store.observations(SUBJECT);
  const of = (source: string) => seen.find((one) => one.source === source)?.data as unknown;
  return { nodes: of('nodes') as NodesSeen, controlPlane: of('controlplane') as ControlPlaneSeen };
}

const readyOf = (seen: NodesSeen, name: string) =>
  seen.nodes.find((node) => node.name === name)?.conditions.find((one) => one.type === 'Ready')?.status;

async function woken(): Promise<string[]> {
  const claims = await store.queue.claim(100);
  for (const claim of claims) await store.queue.release(claim, {});
  return claims.map((claim) => claim.reconciler).sort();
}

describe('operations', () => {
  test('token, CNI, labels, drain and deletion: a worker comes and goes', async () => {
    await join('w-1', 'join-worker');
    expect(await run('workload.apply', { configMap: { namespace: 'clusters', name: 'cni' }, digest: 'd' })).toMatchObject({
      state: 'succeeded',
      result: { applied: 1 },
    });
    const labels = { 'node-role.kubernetes.io/worker': '' };
    expect(await run('node.sync', { node: 'w-1', labels, annotations: {} })).toEqual({ state: 'succeeded' });
    expect(lab.cluster().objects.get(NODES, '', 'w-1')?.metadata.labels).toMatchObject(labels);
    await until('CoreDNS sits somewhere', () => lab.cluster().kubelets.get('w-1')?.beats());
    expect(await run('node.drain', { node: 'w-1' })).toEqual({ state: 'succeeded' });
    expect(await run('node.delete', { node: 'w-1' })).toEqual({ state: 'succeeded' });
    expect(await run('node.delete', { node: 'w-1' })).toEqual({ state: 'succeeded' });
    expect(lab.cluster().objects.get(NODES, '', 'w-1')).toBeUndefined();
  });

  test('etcd: the leader hands over and is removed, twice over', async () => {
    await join('cp-2', 'join-control-plane');
    await join('cp-3', 'join-control-plane');
    for (const kind of ['etcd.moveLeader', 'etcd.moveLeader', 'etcd.removeMember']) {
      expect(await run(kind, { node: 'cp-1' })).toEqual({ state: 'succeeded' });
    }
    await until('the endpoint has left cp-1', () => lab.cluster().vip?.node !== 'cp-1');
    expect(await run('etcd.removeMember', { node: 'cp-1' })).toEqual({ state: 'succeeded' });
    expect(
      lab
        .cluster()
        .etcd.members()
        .map((member) => member.name),
    ).toEqual(['cp-2', 'cp-3']);
    expect((await collect()).controlPlane.etcd.members).toHaveLength(2);
  });

  test('a control plane of a newer version runs components of that version', async () => {
    await join('cp-2', 'join-control-plane', { version: 'v1.33.0' });
    expect(lab.cluster().controlPlanes.get('cp-2')?.version).toBe('v1.33.0');
  });

  test('what fails says why and whether to try again', async () => {
    expect(await run('workload.apply', { configMap: { namespace: 'clusters', name: 'none' }, digest: 'd' })).toMatchObject({
      state: 'failed',
      code: 'BadInput',
      retryable: true,
    });
    first.stop();
    expect(await run('node.delete', { node: 'cp-1' })).toMatchObject({ state: 'failed', code: 'Unreachable', retryable: true });
  });
});

describe('collector', () => {
  test('sees nodes, control plane and etcd, and wakes readers only when something has changed', async () => {
    const seen = await collect();
    expect(readyOf(seen.nodes, 'cp-1')).toBe('False');
    expect(seen.controlPlane).toMatchObject({ reachable: true, serverVersion: 'v1.32.0' });
    expect(seen.controlPlane.pods).toHaveLength(4);
    expect(seen.controlPlane.etcd.members).toMatchObject([{ name: 'cp-1', isLeader: true, healthy: true }]);
    expect(await woken()).toEqual(['clusters', 'kubeadmcontrolplanes']);
    await collect();
    expect(await woken()).toEqual([]);
    await run('workload.apply', { configMap: { namespace: 'clusters', name: 'cni' }, digest: 'd' });
    await until('cp-1 is Ready', () => JSON.stringify(lab.cluster().objects.get(NODES, '', 'cp-1')).includes('KubeletReady'));
    expect(readyOf((await collect()).nodes, 'cp-1')).toBe('True');
    expect(await woken()).toEqual(['clusters', 'kubeadmcontrolplanes']);
  });

  test('a cluster out of reach keeps its last nodes, with the time since when', async () => {
    const before = await collect();
    first.stop();
    const away = await collect();
    expect(away.nodes).toMatchObject({ reachable: false, nodes: before.nodes.nodes, error: expect.any(String) });
    expect((await collect()).nodes.since).toBe(away.nodes.since);
    await lab.boot('cp-1', 'init');
    await until('the endpoint is back', () => lab.cluster().vip);
    expect((await collect()).nodes.reachable).toBe(true);
  });

  test('its key is woken by clusters and kubeconfigs', () => {
    const object = (kind: string, name: string, apiVersion = 'v1') =>
      ({ apiVersion, kind, metadata: { name, namespace: 'clusters' }, spec: {} }) as never;
    const key = { reconciler: 'collect-workload', ...CLUSTER };
    expect(workloadWakes({ before: null, after: object('Cluster', 'production', 'cluster.x-k8s.io/v1beta2') })).toEqual([key]);
    expect(workloadWakes({ before: null, after: object('Secret', 'production-kubeconfig') })).toEqual([key]);
    expect(workloadWakes({ before: null, after: object('Secret', 'production-ca') })).toEqual([]);
  });
});
