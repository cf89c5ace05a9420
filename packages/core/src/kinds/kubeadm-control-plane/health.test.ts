import { expect, test } from 'vitest';
import type { ControlPlaneSeen } from '../../runtime/seen.ts';
import { Machine } from '../machine/kind.ts';
import { made, NOW, since } from '../shared/testing.ts';
import { clusterHealth, healthTypes, keepsQuorum, machineHealth, someoneServes } from './health.ts';
import { KubeadmControlPlane } from './kind.ts';

const ref = { apiGroup: 'i', kind: 'T', name: 't' };
const own = made(KubeadmControlPlane, 'cp', { version: 'v1', machineTemplate: { spec: { infrastructureRef: ref } } });
const external = made(KubeadmControlPlane, 'cp', {
  ...own.spec,
  kubeadmConfigSpec: {
    clusterConfiguration: { etcd: { external: { endpoints: ['e'], caFile: 'c', certFile: 'c', keyFile: 'k' } } },
  },
});
const machine = (conditions = [] as ReturnType<typeof since>[], node = true) =>
  made(
    Machine,
    'a',
    { clusterName: 'c', bootstrap: {}, infrastructureRef: ref },
    { ...(node ? { nodeRef: { name: 'a' } } : {}), conditions },
  );
const seen = (more: Partial<ControlPlaneSeen> = {}, unhealthy: string[] = []): ControlPlaneSeen => ({
  reachable: true,
  since: '2026-01-01T00:00:00Z',
  pods: (['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const).map((component) => ({
    node: 'a',
    component,
    ready: true,
  })),
  etcd: {
    members: ['a', 'b', 'c'].map((name) => ({
      id: name,
      name,
      isLearner: false,
      isLeader: false,
      healthy: !unhealthy.includes(name),
    })),
  },
  ...more,
});

const say = (given: ReturnType<typeof machineHealth>) =>
  given === null ? null : given.map((each) => `${each.type} ${each.status} ${each.reason} ${each.message}`.trim());
const [API, CM, SCHEDULER, ETCD, MEMBER] = [
  'APIServerPodHealthy',
  'ControllerManagerPodHealthy',
  'SchedulerPodHealthy',
  'EtcdPodHealthy',
  'EtcdMemberHealthy',
];

test('what is seen of a machine', () => {
  const running = [API, CM, SCHEDULER, ETCD].map((type) => `${type} True Running`);
  expect(say(machineHealth(machine(), seen(), own, NOW))).toEqual([...running, `${MEMBER} True Healthy`]);
  expect(say(machineHealth(machine(), seen(), external, NOW))).toEqual(running.slice(0, 3));
  expect(
    say(
      machineHealth(
        machine(),
        seen({ pods: [{ node: 'a', component: 'kube-apiserver', ready: false, message: 'crash loop' }] }, ['a']),
        own,
        NOW,
      ),
    ),
  ).toEqual([
    `${API} False Failed crash loop`,
    `${CM} False DoesNotExist Pod kube-controller-manager-a does not exist`,
    `${SCHEDULER} False DoesNotExist Pod kube-scheduler-a does not exist`,
    `${ETCD} False DoesNotExist Pod etcd-a does not exist`,
    `${MEMBER} False NotHealthy Member is not healthy`,
  ]);
  expect(say(machineHealth(machine([], false), seen(), own, NOW))![0]).toBe(
    `${API} Unknown InspectionFailed Waiting for a Node to be assigned`,
  );
});

test('lost contact keeps what was known for five minutes, then it is unknown', () => {
  const lost = (minutes: number) => seen({ reachable: false, since: new Date(NOW.getTime() - minutes * 60_000).toISOString() });
  expect(machineHealth(machine([since(API!)]), lost(4), own, NOW)).toBeNull();
  expect(say(machineHealth(machine([since(API!)]), lost(6), own, NOW))![0]).toContain(
    `${API} Unknown ConnectionDown The cluster cannot be reached since`,
  );
});

test.each<[string, ControlPlaneSeen | null, string | undefined, boolean]>([
  ['all well', seen(), undefined, true],
  ['one sick', seen({}, ['a']), undefined, true],
  ['two sick', seen({}, ['a', 'b']), undefined, false],
  ['without the sick one', seen({}, ['a']), 'a', true],
  ['without a well one while another is sick', seen({}, ['a']), 'b', false],
  ['unknown', null, undefined, false],
  ['unreachable', seen({ reachable: false }), undefined, false],
  ['no members', seen({ etcd: { members: [] } }), undefined, false],
  [
    'a learner',
    seen({ etcd: { members: [{ id: 'l', name: 'l', isLearner: true, isLeader: false, healthy: true }] } }),
    undefined,
    false,
  ],
])('quorum: %s', (_name, given, without, expected) => {
  expect(keepsQuorum(given, without)).toBe(expected);
});

test('the sums name the machine and the condition', () => {
  const types = healthTypes(own);
  const well = machine(types.map((type) => since(type)));
  const sick = {
    ...machine([since(API!, 'False', 'Failed', 'crash loop'), ...types.slice(1).map((type) => since(type))]),
    metadata: { ...well.metadata, name: 'b' },
  };
  expect(clusterHealth([well], own).map((each) => each.status)).toEqual(['True', 'True']);
  expect(clusterHealth([well, sick], own)[1]).toMatchObject({
    status: 'False',
    message: '* Machine b: APIServerPodHealthy: crash loop',
  });
  expect([someoneServes([well, sick], own), someoneServes([well, sick], own, 'a')]).toEqual([true, false]);
});
