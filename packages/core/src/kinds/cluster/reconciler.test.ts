import { expect, test } from 'vitest';
import type { NodesSeen } from '../../runtime/seen.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { MachineHealthCheck } from '../machine-health-check/kind.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { after, lines, made, NOW, since, testEnv } from '../shared/testing.ts';
import { Cluster } from './kind.ts';
import { plan } from './reconciler.ts';
import type { ClusterObject, ControlPlane, Infrastructure, Seen } from './seen.ts';

const ref = (apiGroup: string, kind: string, name: string) => ({ apiGroup, kind, name });
const spec = {
  infrastructureRef: ref('infrastructure.cluster.x-k8s.io', 'Metal3Cluster', 'c'),
  controlPlaneRef: ref('controlplane.cluster.x-k8s.io', 'KubeadmControlPlane', 'cp'),
};
const endpoint = { host: '10.0.0.100', port: 6443 };
const owned = {
  ownerReferences: [{ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', name: 'c', uid: 'uid-clusters-c' }],
  labels: { 'cluster.x-k8s.io/cluster-name': 'c' },
};
const controlled = { ...owned, ownerReferences: [{ ...owned.ownerReferences[0]!, controller: true, blockOwnerDeletion: true }] };
const infrastructure = (provisioned: boolean, message = '') =>
  made(
    Metal3Cluster,
    'c',
    { controlPlaneEndpoint: endpoint },
    {
      conditions: [since('Ready', provisioned ? 'True' : 'False', 'x', message)],
      ...(provisioned ? { initialization: { provisioned } } : {}),
    },
    controlled,
  ) as unknown as Infrastructure;
const template = { spec: { infrastructureRef: ref('i', 'Metal3MachineTemplate', 't') } };
const controlPlane = (available: boolean, more: object = {}) =>
  made(
    KubeadmControlPlane,
    'cp',
    { version: 'v1.32.0', replicas: 3, machineTemplate: template },
    {
      replicas: 3,
      readyReplicas: 3,
      conditions: [
        since('Available', available ? 'True' : 'False'),
        since('MachinesReady'),
        since('MachinesUpToDate'),
        since(
          'ScalingUp',
          available ? 'False' : 'True',
          'x',
          available ? '' : 'Scaling up from 1 to 3 replicas\n* Machine a is slow',
        ),
      ],
      ...(available ? { initialization: { controlPlaneInitialized: true } } : {}),
      ...more,
    },
    owned,
  ) as unknown as ControlPlane;
const deployment = made(
  MachineDeployment,
  'w',
  {
    clusterName: 'c',
    replicas: 5,
    selector: {},
    template: { spec: { clusterName: 'c', bootstrap: {}, infrastructureRef: template.spec.infrastructureRef } },
  } as never,
  { conditions: [since('Available')] } as never,
  owned,
);
const nodes = (reachable: boolean, minutes = 60): NodesSeen => ({
  reachable,
  since: new Date(NOW.getTime() - minutes * 60_000).toISOString(),
  nodes: [],
});
const worker = made(
  Machine,
  'w1',
  { clusterName: 'c', version: 'v1.32.0', bootstrap: {}, infrastructureRef: ref('i', 'M', 'w1') },
  { conditions: [since('Ready'), since('Available'), since('UpToDate')] },
  { ownerReferences: [{ apiVersion: 'x', kind: 'MachineSet', name: 's', uid: 's', controller: true }] },
);
const seen = (more: Partial<Seen> = {}): Seen => ({
  self: made(Cluster, 'c', spec),
  infrastructure: null,
  controlPlane: null,
  deployments: [],
  sets: [],
  healthChecks: [],
  machines: [],
  templates: [],
  nodes: null,
  ...more,
});
const standing = {
  infrastructure: infrastructure(true),
  controlPlane: controlPlane(true),
  deployments: [deployment],
  machines: [worker],
  nodes: nodes(true),
};

test.each<[string, Partial<Seen>, string, string]>([
  ['nothing but itself', {}, 'Provisioning', 'Metal3Cluster c does not exist'],
  ['no references', { self: made(Cluster, 'c', {}) }, 'Pending', 'spec.infrastructureRef is not set'],
  [
    'infrastructure that waits',
    { infrastructure: infrastructure(false, 'Endpoint taken') },
    'Provisioning',
    'Metal3Cluster c: Endpoint taken',
  ],
  ['no control plane', { infrastructure: infrastructure(true) }, 'Provisioned', 'KubeadmControlPlane cp does not exist'],
  [
    'a control plane on its way',
    { infrastructure: infrastructure(true), controlPlane: controlPlane(false) },
    'Provisioned',
    'KubeadmControlPlane cp: Machine a is slow',
  ],
  [
    'a cluster out of reach',
    { ...standing, nodes: nodes(false) },
    'Provisioned',
    'Remote connection probe failed, the cluster cannot be reached since 2026-01-01T11:00:00.000Z',
  ],
])('with %s', (_name, more, phase, sentence) => {
  const done = plan(seen(more), testEnv());
  const cluster = after(done, Cluster, 'c')!;
  expect(cluster.status?.phase).toBe(phase);
  expect(done.because?.sentence).toBe(sentence);
  expect(conditionOf(cluster, 'Available')?.status).not.toBe('True');
  expect(conditionOf(cluster, 'Ready')?.status).toBe(conditionOf(cluster, 'Available')?.status);
});

test('is available with everything in place, and then nothing changes', () => {
  const done = plan(seen(standing), testEnv());
  const cluster = after(done, Cluster, 'c')!;
  expect(done.because).toBeNull();
  expect([conditionOf(cluster, 'Available')?.status, conditionOf(cluster, 'Ready')?.status]).toEqual(['True', 'True']);
  expect(cluster.spec.controlPlaneEndpoint).toEqual(endpoint);
  expect(cluster.status).toMatchObject({
    phase: 'Provisioned',
    initialization: { infrastructureProvisioned: true, controlPlaneInitialized: true },
    controlPlane: { desiredReplicas: 3, readyReplicas: 3 },
    workers: { desiredReplicas: 5, replicas: 1, availableReplicas: 1, versions: [{ version: 'v1.32.0', replicas: 1 }] },
  });
  expect(lines(done)).toEqual([
    'event InfrastructureReady',
    'event ControlPlaneInitialized',
    'event Provisioned',
    'update Cluster c',
  ]);
  expect(lines(plan(seen({ ...standing, self: cluster }), testEnv()))).toEqual([]);
});

test('takes its parts and their templates', () => {
  const bare = <Each extends { metadata: object }>(object: Each): Each => ({
    ...object,
    metadata: { ...object.metadata, ownerReferences: [], labels: {} },
  });
  const shape = made(Metal3MachineTemplate, 't', { template: { spec: {} } });
  const done = plan(
    seen({
      ...standing,
      infrastructure: bare(standing.infrastructure),
      controlPlane: bare(standing.controlPlane),
      deployments: [bare(deployment)],
      templates: [shape],
    }),
    testEnv(),
  );
  expect(lines(done).slice(3)).toEqual([
    'update Metal3Cluster c',
    'update KubeadmControlPlane cp',
    'update MachineDeployment w',
    'update Metal3MachineTemplate t',
    'update Cluster c',
  ]);
  expect(after(done, Metal3Cluster, 'c')!.metadata).toMatchObject(controlled);
  expect(after(done, MachineDeployment, 'w')!.metadata).toMatchObject(owned);
});

const going: ClusterObject = made(Cluster, 'c', spec, undefined, {
  deletionTimestamp: '2026-01-01T11:00:00Z',
  finalizers: ['cluster.cluster.x-k8s.io'],
});
const master = made(Machine, 'm1', worker.spec, undefined, { labels: { 'cluster.x-k8s.io/control-plane': '' } });
const check = made(MachineHealthCheck, 'h', { clusterName: 'c', selector: {} } as never);
const set = made(MachineSet, 's', { clusterName: 'c' } as never, undefined, {
  ownerReferences: [{ apiVersion: 'x', kind: 'MachineDeployment', name: 'w', uid: 'd', controller: true }],
});

test.each<[string, Partial<Seen>, string[], string]>([
  [
    'workers first',
    { ...standing, healthChecks: [check], sets: [set], machines: [worker, master] },
    ['delete MachineHealthCheck h', 'delete MachineDeployment w'],
    'Waiting for deletion of MachineHealthCheck h; MachineDeployment w; MachineSet s; Machine w1',
  ],
  [
    'what is left of them',
    { ...standing, deployments: [], machines: [worker, master] },
    [],
    'Waiting for deletion of Machine w1',
  ],
  [
    'then the control plane',
    { ...standing, deployments: [], machines: [master] },
    ['delete KubeadmControlPlane cp'],
    'Waiting for deletion of KubeadmControlPlane cp; Machine m1',
  ],
  [
    'then the infrastructure',
    { ...standing, controlPlane: null, deployments: [], machines: [] },
    ['delete Metal3Cluster c'],
    'Waiting for deletion of Metal3Cluster c',
  ],
])('deletion: %s', (_name, more, deletes, sentence) => {
  const done = plan(seen({ ...more, self: going }), testEnv());
  expect(lines(done).filter((line) => line.startsWith('delete'))).toEqual(deletes);
  expect(done.because?.sentence).toBe(sentence);
  expect(after(done, Cluster, 'c')!.metadata.finalizers).toEqual(['cluster.cluster.x-k8s.io']);
});

test('deletion: then itself', () => {
  const done = plan(seen({ self: going }), testEnv());
  expect(after(done, Cluster, 'c')!.metadata.finalizers).toEqual([]);
  expect(lines(done)).toContain('event Deleted');
});
