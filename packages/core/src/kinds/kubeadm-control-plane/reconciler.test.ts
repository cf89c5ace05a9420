import { expect, test } from 'vitest';
import type { ControlPlaneSeen } from '../../runtime/seen.ts';
import type { Operation } from '../../store/store.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage } from '../os-image/kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { after, lines, made, since, testEnv } from '../shared/testing.ts';
import { CLEANUP_HOOK } from './clone.ts';
import { KubeadmControlPlane } from './kind.ts';
import { plan } from './reconciler.ts';
import type { ControlPlaneObject, Member, Seen } from './seen.ts';

const sum = 'a'.repeat(64);
const image = { url: 'https://i/u.qcow2', checksum: sum, checksumType: 'sha256' as const };
const os = made(OSImage, 'u', {
  family: 'u',
  kubernetesVersion: 'v1.32.0',
  url: image.url,
  checksum: sum,
  checksumType: 'sha256',
  format: 'qcow2',
});
const template = made(Metal3MachineTemplate, 't', {
  template: { spec: { image, hostSelector: { matchLabels: { role: 'cp' } } } },
});
const ref = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name: 't' };
const cluster = made(
  Cluster,
  'c',
  { controlPlaneEndpoint: { host: '10.0.0.100', port: 6443 } },
  { initialization: { infrastructureProvisioned: true } },
);
const self = (
  spec: Partial<ControlPlaneObject['spec']> = {},
  status: ControlPlaneObject['status'] = {},
  metadata: object = {},
): ControlPlaneObject =>
  made(
    KubeadmControlPlane,
    'cp',
    { replicas: 3, version: 'v1.32.0', machineTemplate: { spec: { infrastructureRef: ref } }, ...spec },
    status,
    metadata,
  );
const healthy = (...names: string[]): ControlPlaneSeen => ({
  reachable: true,
  since: '2026-01-01T00:00:00Z',
  pods: names.flatMap((node) =>
    (['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const).map((component) => ({
      node,
      component,
      ready: true,
    })),
  ),
  etcd: { members: names.map((name, index) => ({ id: name, name, isLearner: false, isLeader: index === 0, healthy: true })) },
});
const member = (
  name: string,
  metadata: object = {},
  conditions = [since('NodeReady'), since('Ready'), since('Available')],
): Member => ({
  machine: made(
    Machine,
    name,
    {
      clusterName: 'c',
      version: 'v1.32.0',
      bootstrap: { configRef: { apiGroup: KubeadmConfig.group, kind: 'KubeadmConfig', name } },
      infrastructureRef: { ...ref, kind: 'Metal3Machine', name },
    },
    { nodeRef: { name }, nodeInfo: { kubeletVersion: 'v1.32.0' }, conditions },
    { annotations: { [CLEANUP_HOOK]: '' }, ...metadata },
  ),
  config: made(KubeadmConfig, name, { joinConfiguration: { controlPlane: {} } }),
  infrastructure: made(Metal3Machine, name, { image }, undefined, {
    annotations: {
      'cluster.x-k8s.io/cloned-from-name': 't',
      'cluster.x-k8s.io/cloned-from-groupkind': 'Metal3MachineTemplate.infrastructure.cluster.x-k8s.io',
    },
  }),
});
const seen = (more: Partial<Seen> = {}): Seen => ({
  self: self(),
  cluster,
  metal3Cluster: made(Metal3Cluster, 'c', {}, { site: 'one' }),
  sites: [],
  template,
  members: [],
  workers: [],
  health: null,
  images: [os],
  world: null,
  missingSecrets: [],
  operations: [],
  ...more,
});
const creates = ['create Metal3Machine cp-x0001', 'create KubeadmConfig cp-x0001', 'create Machine cp-x0001'];

test('makes certificates, then exactly one machine that inits', () => {
  const done = plan(seen({ missingSecrets: ['c-ca', 'c-sa'] }), testEnv());
  expect(lines(done)).toEqual([
    'ensureSecret c-ca',
    'ensureSecret c-sa',
    ...creates,
    'update KubeadmControlPlane cp',
    'ensureSecret c-kubeconfig',
  ]);
  expect(after(done, KubeadmConfig, 'cp-x0001')!.spec).toEqual({ initConfiguration: {} });
  const machine = after(done, Machine, 'cp-x0001')!;
  expect(machine.metadata).toMatchObject({
    labels: {
      'cluster.x-k8s.io/cluster-name': 'c',
      'cluster.x-k8s.io/control-plane': '',
      'cluster.x-k8s.io/control-plane-name': 'cp',
    },
    annotations: { [CLEANUP_HOOK]: '' },
  });
  expect(machine.metadata.ownerReferences).toMatchObject([{ kind: 'KubeadmControlPlane', controller: true }]);
  expect(after(done, Metal3Machine, 'cp-x0001')!.spec).toEqual(template.spec.template.spec);
});

test.each<[string, Partial<Seen>, string[], string | null]>([
  ['no cluster', { cluster: null }, [], 'Waiting for a Cluster that names this control plane'],
  ['no infrastructure', { cluster: made(Cluster, 'c', {}) }, [], 'Waiting for the infrastructure of Cluster c'],
  ['no template', { template: null }, [], 'Metal3MachineTemplate t does not exist'],
  [
    'a version without an image',
    { self: self({ version: 'v1.34.0' }) },
    [],
    'Metal3MachineTemplate t: no OSImage of family u holds v1.34.0; it has v1.32.0',
  ],
  [
    'a first machine that has not joined',
    { members: [{ ...member('a'), machine: { ...member('a').machine, status: {} } }] },
    [],
    'Machine a does not have a corresponding Node yet (Machine.status.nodeRef not set)',
  ],
  [
    'one well machine of three',
    { members: [member('a')], health: healthy('a') },
    creates,
    'Making a control-plane Machine (scale up)',
  ],
  ['all three', { members: ['a', 'b', 'c'].map((name) => member(name)), health: healthy('a', 'b', 'c') }, [], null],
  [
    'an upgrade without an image',
    { self: self({ version: 'v1.34.0' }), members: ['a', 'b', 'c'].map((name) => member(name)), health: healthy('a', 'b', 'c') },
    [],
    'Metal3MachineTemplate t: no OSImage of family u holds v1.34.0; it has v1.32.0',
  ],
  [
    'one too many',
    { self: self({ replicas: 1 }), members: ['a', 'b'].map((name) => member(name)), health: healthy('a', 'b') },
    ['delete Machine a'],
    'Deleting Machine a (scale down)',
  ],
])('with %s', (_name, more, actions, sentence) => {
  const done = plan(seen(more), testEnv());
  expect(lines(done).filter((line) => /^(create|delete)/.test(line))).toEqual(actions);
  expect(done.because?.sentence ?? null).toBe(sentence);
});

test('sums up a control plane that stands, and then changes nothing', () => {
  const members = ['a', 'b', 'c'].map((name) => member(name));
  const first = plan(seen({ members, health: healthy('a', 'b', 'c') }), testEnv());
  const done = after(first, KubeadmControlPlane, 'cp')!;
  expect(done.status).toMatchObject({
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    upToDateReplicas: 3,
    version: 'v1.32.0',
    versions: [{ version: 'v1.32.0', replicas: 3 }],
    initialization: { controlPlaneInitialized: true },
  });
  for (const type of [
    'Available',
    'Initialized',
    'CertificatesAvailable',
    'EtcdClusterHealthy',
    'ControlPlaneComponentsHealthy',
    'MachinesReady',
    'MachinesUpToDate',
  ])
    expect([type, conditionOf(done, type)?.status]).toEqual([type, 'True']);
  for (const type of ['RollingOut', 'ScalingUp', 'ScalingDown', 'Remediating', 'Deleting', 'Paused'])
    expect([type, conditionOf(done, type)?.status]).toEqual([type, 'False']);
  const judged = members.map((each) => ({ ...each, machine: after(first, Machine, each.machine.metadata.name)! }));
  expect(lines(plan(seen({ self: done, members: judged, health: healthy('a', 'b', 'c') }), testEnv()))).toEqual([
    'ensureSecret c-kubeconfig',
  ]);
});

const going = { deletionTimestamp: '2026-01-01T11:00:00Z' };
const hooked = member('a', going, [since('Deleting', 'True', 'WaitingForPreTerminateHook')]);
const settled = (more: Partial<Seen>): Seen => {
  const first = plan(seen(more), testEnv());
  const members = more.members!.map((each) => ({
    ...each,
    machine: after(first, Machine, each.machine.metadata.name) ?? each.machine,
  }));
  return seen({ ...more, self: after(first, KubeadmControlPlane, 'cp') ?? more.self!, members });
};

test('before a machine goes: leadership, membership, hook', () => {
  const stand = settled({ self: self({ replicas: 2 }), members: [hooked, member('b')], health: healthy('a', 'b') });
  expect(lines(plan(stand, testEnv()))).toEqual(['etcd.moveLeader']);
  const uids = 'uid-kubeadmcontrolplanes-cp/uid-machines-a';
  const moved = { id: `${uids}/moveLeader/0`, state: 'succeeded' } as Operation;
  expect(lines(plan({ ...stand, operations: [moved] }, testEnv()))).toEqual(['etcd.removeMember']);
  const removed = { id: `${uids}/removeMember/0`, state: 'succeeded' } as Operation;
  const done = plan({ ...stand, operations: [moved, removed] }, testEnv());
  expect(CLEANUP_HOOK in after(done, Machine, 'a')!.metadata.annotations!).toBe(false);
});

test.each<[string, Member]>([
  ['that is not drained yet', member('a', going, [since('Deleting', 'True', 'DrainingNode')])],
  [
    "with somebody else's hook",
    member('a', { ...going, annotations: { [CLEANUP_HOOK]: '', 'pre-terminate.delete.hook.machine.cluster.x-k8s.io/x': '' } }, [
      since('Deleting', 'True', 'WaitingForPreTerminateHook'),
    ]),
  ],
])('a machine %s keeps its etcd member', (_name, given) => {
  const done = plan(
    settled({ self: self({ replicas: 2 }), members: [given, member('b')], health: healthy('a', 'b') }),
    testEnv(),
  );
  expect(lines(done).filter((line) => line.startsWith('etcd'))).toEqual([]);
});

test('deletion: workers, then all machines at once without caring for etcd', () => {
  const gone = self({}, {}, { ...going, finalizers: ['kubeadm.controlplane.cluster.x-k8s.io'] });
  expect(plan(seen({ self: gone, workers: ['w'], members: [member('a')] }), testEnv()).because?.sentence).toBe(
    'Waiting for worker Machines to be deleted: w',
  );
  const hooks = plan(seen({ self: gone, members: [member('a'), member('b')] }), testEnv());
  expect(lines(hooks)).toEqual(['update Machine a', 'update Machine b', 'update KubeadmControlPlane cp']);
  const bare = ['a', 'b'].map((name) => member(name, { annotations: {} }));
  expect(lines(plan(seen({ self: gone, members: bare }), testEnv())).slice(0, 2)).toEqual([
    'delete Machine a',
    'delete Machine b',
  ]);
  expect(after(plan(seen({ self: gone }), testEnv()), KubeadmControlPlane, 'cp')!.metadata.finalizers).toEqual([]);
});

test('labels, annotations and timeouts reach the machines in place', () => {
  const machineTemplate = {
    metadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
    spec: { infrastructureRef: ref, deletion: { nodeDrainTimeoutSeconds: 60 } },
  };
  const members = ['a', 'b', 'c'].map((name) => member(name));
  const done = plan(seen({ self: self({ machineTemplate }), members, health: healthy('a', 'b', 'c') }), testEnv());
  expect(lines(done).filter((line) => /^(create|delete)/.test(line))).toEqual([]);
  const machine = after(done, Machine, 'b')!;
  expect(machine.metadata).toMatchObject({ labels: { team: 'a' }, annotations: { note: 'b', [CLEANUP_HOOK]: '' } });
  expect(machine.spec.deletion).toEqual({ nodeDrainTimeoutSeconds: 60 });
});

test('a control plane that cannot be reached is not changed, and keeps what was known of it for a while', () => {
  const members = ['a', 'b'].map((name) => member(name));
  const stand = settled({ self: self({ replicas: 2 }), members, health: healthy('a', 'b') });
  const lost = { ...healthy('a', 'b'), reachable: false, since: '2026-01-01T11:58:00Z' };
  const grown = { ...stand.self, spec: { ...stand.self.spec, replicas: 3 } };
  const done = plan({ ...stand, self: grown, health: lost }, testEnv());
  expect(done.because?.sentence).toBe('The control plane cannot be reached since 2026-01-01T11:58:00Z');
  expect(conditionOf(after(done, KubeadmControlPlane, 'cp'), 'Available')?.status).toBe('True');
  expect(lines(done)).toContain('event ControlPlaneUnhealthy');
});
