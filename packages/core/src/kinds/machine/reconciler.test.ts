import { expect, test } from 'vitest';
import type { NodesSeen } from '../../runtime/seen.ts';
import type { Operation } from '../../store/store.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { after, lines, made, NOW, since, testEnv } from '../shared/testing.ts';
import { Machine } from './kind.ts';
import { nodeLabels } from './node.ts';
import { plan } from './reconciler.ts';
import type { MachineObject, Provided, Seen } from './seen.ts';

const spec = {
  clusterName: 'c',
  version: 'v1.32.0',
  bootstrap: { configRef: { apiGroup: KubeadmConfig.group, kind: 'KubeadmConfig', name: 'm' } },
  infrastructureRef: { apiGroup: Metal3Machine.group, kind: 'Metal3Machine', name: 'm' },
};
const providerID = 'metal3://metal3/h/m';
const meta = {
  finalizers: ['machine.cluster.x-k8s.io'],
  labels: { 'cluster.x-k8s.io/cluster-name': 'c' },
  ownerReferences: [{ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineSet', name: 's', uid: 'ms', controller: true }],
};
const me = [
  {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'Machine',
    name: 'm',
    uid: 'uid-machines-m',
    controller: true,
    blockOwnerDeletion: true,
  },
];
const clusterLabel = { 'cluster.x-k8s.io/cluster-name': 'c' };
const config = (status: object = {}) =>
  made(KubeadmConfig, 'm', {}, status, { ownerReferences: me, labels: clusterLabel }) as unknown as Provided;
const infra = (status: object = {}, more: object = {}) =>
  made(Metal3Machine, 'm', { providerID }, status, { ownerReferences: me, labels: clusterLabel }) as unknown as Provided &
    typeof more;
const ready = { initialization: { dataSecretCreated: true }, dataSecretName: 'm' };
const provisioned = { initialization: { provisioned: true }, conditions: [since('Ready')], failureDomain: 'r1' };
const cluster = made(
  Cluster,
  'c',
  { controlPlaneRef: { apiGroup: 'x', kind: 'KubeadmControlPlane', name: 'c' } },
  { initialization: { controlPlaneInitialized: true } },
);
const annotations = {
  'cluster.x-k8s.io/cluster-name': 'c',
  'cluster.x-k8s.io/cluster-namespace': 'clusters',
  'cluster.x-k8s.io/machine': 'm',
  'cluster.x-k8s.io/owner-kind': 'MachineSet',
  'cluster.x-k8s.io/owner-name': 's',
};
const nodes = (isReady: string, more: object = {}): NodesSeen => ({
  reachable: true,
  since: '2026-01-01T00:00:00Z',
  nodes: [
    {
      name: 'm',
      uid: 'n',
      providerID,
      kubeletVersion: 'v1.32.0',
      unschedulable: false,
      addresses: [],
      labels: {},
      annotations,
      taints: [],
      createdAt: '2026-01-01T00:00:00Z',
      conditions: [{ type: 'Ready', status: isReady, message: 'kubelet says so', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      ...more,
    },
  ],
});
const seen = (more: Partial<Seen> = {}): Seen => ({
  self: made(Machine, 'm', spec, undefined, meta),
  cluster,
  controlPlane: null,
  bootstrap: config(),
  infrastructure: infra(),
  nodes: null,
  nodesSeenAt: null,
  operations: [],
  controlPlaneLeft: true,
  ...more,
});

test.each<[string, Partial<Seen>, string, string]>([
  ['no cluster', { cluster: null }, 'Pending', 'Waiting for Cluster c to exist'],
  ['no bootstrap object', { bootstrap: null }, 'Pending', 'KubeadmConfig m does not exist'],
  ['no data', {}, 'Pending', 'Waiting for KubeadmConfig m to make the bootstrap data'],
  [
    'data, no infrastructure object',
    { bootstrap: config(ready), infrastructure: null },
    'Provisioning',
    'Metal3Machine m does not exist',
  ],
  [
    'infrastructure that waits',
    {
      bootstrap: config(ready),
      infrastructure: infra({ conditions: [since('Ready', 'False', 'NotReady', 'No host is suitable')] }),
    },
    'Provisioning',
    'Metal3Machine m: No host is suitable',
  ],
  [
    'no node yet',
    { bootstrap: config(ready), infrastructure: infra(provisioned), nodes: { reachable: true, since: '', nodes: [] } },
    'Provisioned',
    `Waiting for a Node with spec.providerID ${providerID} to exist`,
  ],
  [
    'a node that is not ready',
    { bootstrap: config(ready), infrastructure: infra(provisioned), nodes: nodes('False') },
    'Running',
    'Node m: Node.Ready: kubelet says so',
  ],
])('with %s', (_name, more, phase, sentence) => {
  const done = plan(seen(more), testEnv());
  expect(after(done, Machine, 'm')?.status?.phase).toBe(phase);
  expect(done.because?.sentence).toBe(sentence);
  expect(conditionOf(after(done, Machine, 'm'), 'Ready')?.status).not.toBe('True');
});

test('runs with a ready node', () => {
  const done = plan(seen({ bootstrap: config(ready), infrastructure: infra(provisioned), nodes: nodes('True') }), testEnv());
  const machine = after(done, Machine, 'm')!;
  expect(done.because).toBeNull();
  expect(machine.status).toMatchObject({
    phase: 'Running',
    nodeRef: { name: 'm' },
    failureDomain: 'r1',
    nodeInfo: { kubeletVersion: 'v1.32.0' },
  });
  expect(machine.spec).toMatchObject({ providerID, bootstrap: { dataSecretName: 'm' } });
  expect(conditionOf(machine, 'Ready')?.status).toBe('True');
  expect(conditionOf(machine, 'Available')?.status).toBe('True');
  expect(lines(done)).toEqual(['event SuccessfulSetNodeRef', 'update Machine m']);
  const again = plan(
    seen({ self: machine, bootstrap: config(ready), infrastructure: infra(provisioned), nodes: nodes('True') }),
    testEnv(),
  );
  expect(lines(again)).toEqual([]);
});

test('takes its bootstrap and infrastructure objects from who made them', () => {
  const owner = [{ apiVersion: 'x/v1', kind: 'MachineSet', name: 's', uid: 'ms' }];
  const mine = { ...infra(), metadata: { ...infra().metadata, ownerReferences: owner, labels: {} } } as Provided;
  const done = after(plan(seen({ infrastructure: mine }), testEnv()), Metal3Machine, 'm')!;
  expect(done.metadata.ownerReferences).toEqual(me);
  expect(done.metadata.labels).toEqual(clusterLabel);
});

const running = after(
  plan(seen({ bootstrap: config(ready), infrastructure: infra(provisioned), nodes: nodes('True') }), testEnv()),
  Machine,
  'm',
)!;

test('lost contact is not sickness: health stands for five minutes, then it is unknown', () => {
  const lost = (minutes: number): NodesSeen => ({
    reachable: false,
    since: new Date(NOW.getTime() - minutes * 60_000).toISOString(),
    nodes: [],
  });
  const more = { self: running, bootstrap: config(ready), infrastructure: infra(provisioned) };
  expect(lines(plan(seen({ ...more, nodes: lost(4) }), testEnv()))).toEqual([]);
  expect(plan(seen({ ...more, nodes: lost(4) }), testEnv()).wakeAfterSeconds).toBe(60);
  const late = after(plan(seen({ ...more, nodes: lost(6) }), testEnv()), Machine, 'm');
  expect(conditionOf(late, 'NodeHealthy')).toMatchObject({ status: 'Unknown', reason: 'ConnectionDown' });
});

test('hands its labels to the node, once', () => {
  const more = {
    self: running,
    bootstrap: config(ready),
    infrastructure: infra(provisioned),
    nodes: nodes('True', { annotations: {} }),
  };
  const asked = plan(seen(more), testEnv());
  expect(lines(asked)).toEqual(['node.sync']);
  const id = (asked.actions[0] as { id: string }).id;
  const operation = { id, kind: 'node.sync', state: 'succeeded', finishedAt: NOW.toISOString() } as Operation;
  expect(lines(plan(seen({ ...more, operations: [operation] }), testEnv()))).toEqual([]);
});

test('which labels a node gets', () => {
  const labels = {
    'node-role.kubernetes.io/x': '',
    'a.node-restriction.kubernetes.io/y': '1',
    'node.cluster.x-k8s.io/z': '2',
    app: 'no',
    'cluster.x-k8s.io/cluster-name': 'c',
  };
  expect(nodeLabels(labels)).toEqual({
    'node-role.kubernetes.io/x': '',
    'a.node-restriction.kubernetes.io/y': '1',
    'node.cluster.x-k8s.io/z': '2',
  });
});

const going = (more: object = {}, deletion: object = {}): MachineObject => ({
  ...running,
  spec: { ...running.spec, deletion },
  metadata: { ...running.metadata, deletionTimestamp: '2026-01-01T11:00:00Z', ...more },
});
const succeeded = (id: string) =>
  ({ id: `uid-machines-m/${id}`, state: 'succeeded', createdAt: '2026-01-01T11:00:00Z' }) as Operation;
const drained = succeeded('drain/0');
const clusterGoes = { ...cluster, metadata: { ...cluster.metadata, deletionTimestamp: 'x' } };

test.each<[string, Partial<Seen>, string, string]>([
  [
    'pre-drain hooks first',
    {
      self: going({
        annotations: {
          'pre-drain.delete.hook.machine.cluster.x-k8s.io/b': '',
          'pre-drain.delete.hook.machine.cluster.x-k8s.io/a': '',
        },
      }),
    },
    'WaitingForPreDrainHook',
    'Waiting for pre-drain hooks to succeed (hooks: a,b)',
  ],
  ['then the drain', { self: going() }, 'DrainingNode', 'Draining Node m since 2026-01-01T12:00:00Z'],
  [
    'then pre-terminate hooks',
    {
      self: going({ annotations: { 'pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup': '' } }),
      operations: [drained],
    },
    'WaitingForPreTerminateHook',
    'Waiting for pre-terminate hooks to succeed (hooks: kcp-cleanup)',
  ],
  [
    'then infrastructure',
    { self: going(), operations: [drained] },
    'WaitingForInfrastructureDeletion',
    'Waiting for Metal3Machine m to be deleted',
  ],
  [
    'then bootstrap',
    { self: going(), operations: [drained], infrastructure: null },
    'WaitingForBootstrapDeletion',
    'Waiting for KubeadmConfig m to be deleted',
  ],
  [
    'then the node',
    { self: going(), operations: [drained], infrastructure: null, bootstrap: null },
    'DeletingNode',
    'Deleting Node m',
  ],
  [
    'no drain where that is excluded',
    { self: going({ annotations: { 'machine.cluster.x-k8s.io/exclude-node-draining': '' } }) },
    'WaitingForInfrastructureDeletion',
    'Waiting for Metal3Machine m to be deleted',
  ],
  [
    'no drain of a cluster that goes',
    { self: going(), cluster: clusterGoes },
    'WaitingForInfrastructureDeletion',
    'Waiting for Metal3Machine m to be deleted',
  ],
  [
    'no drain after its timeout',
    {
      self: {
        ...going({}, { nodeDrainTimeoutSeconds: 60 }),
        status: { ...running.status, deletion: { nodeDrainStartTime: '2026-01-01T11:58:00Z' } },
      },
    },
    'WaitingForInfrastructureDeletion',
    'Waiting for Metal3Machine m to be deleted',
  ],
])('deletion: %s', (_name, more, reason, message) => {
  const done = plan(
    seen({ bootstrap: config(ready), infrastructure: infra(provisioned), nodes: nodes('True'), ...more }),
    testEnv(),
  );
  expect(conditionOf(after(done, Machine, 'm'), 'Deleting')).toMatchObject({ status: 'True', reason, message });
  expect(done.because?.sentence).toBe(message);
});

test('deletion ends when nothing is left, and does not wait for a node that resists', () => {
  const gone = { bootstrap: null, infrastructure: null, nodes: nodes('True') };
  const done = plan(seen({ ...gone, self: going(), operations: [drained, succeeded('node/delete')] }), testEnv());
  expect(after(done, Machine, 'm')!.metadata.finalizers).toEqual([]);
  const resists = {
    ...succeeded('node/delete'),
    state: 'failed',
    error: { code: 'Unreachable', message: 'no route', retryable: true },
  } as Operation;
  const late = plan(
    seen({ ...gone, self: going({}, { nodeDeletionTimeoutSeconds: 10 }), operations: [drained, resists] }),
    testEnv(),
  );
  expect(after(late, Machine, 'm')!.metadata.finalizers).toEqual([]);
  expect(lines(late)).toContain('event FailedDeleteNode');
});

test('a drain that failed for good is tried again under a new id', () => {
  const failed = {
    id: 'uid-machines-m/drain/0',
    state: 'failed',
    createdAt: '2026-01-01T11:50:00Z',
    finishedAt: '2026-01-01T11:59:00Z',
    error: { code: 'BadInput', message: 'no', retryable: false },
  } as Operation;
  const first = after(plan(seen({ self: going(), operations: [failed] }), testEnv()), Machine, 'm')!;
  const asked = plan(seen({ self: first, operations: [failed] }), testEnv());
  expect((asked.actions[0] as { id: string }).id).toBe('uid-machines-m/drain/1');
});
