import { expect, test } from 'vitest';
import type { ControlPlaneSeen } from '../../runtime/seen.ts';
import { Machine } from '../machine/kind.ts';
import { made, NOW, since } from '../shared/testing.ts';
import { KubeadmControlPlane } from './kind.ts';
import { parse, REMEDIATION_FOR, REMEDIATION_IN_PROGRESS, remediate } from './remediation.ts';
import type { ControlPlaneObject, MachineObject } from './seen.ts';

const PODS = ['APIServerPodHealthy', 'ControllerManagerPodHealthy', 'SchedulerPodHealthy', 'EtcdPodHealthy'];
const controlPlane = (more: object = {}, annotations: Record<string, string> = {}, initialized = true): ControlPlaneObject =>
  made(
    KubeadmControlPlane,
    'cp',
    { version: 'v1.32.0', machineTemplate: { spec: { infrastructureRef: { apiGroup: 'i', kind: 'T', name: 't' } } }, ...more },
    { initialization: { controlPlaneInitialized: initialized } },
    { annotations },
  );
const machine = (
  name: string,
  marked: boolean,
  more: { node?: boolean; going?: boolean; annotations?: Record<string, string>; well?: boolean } = {},
): MachineObject =>
  made(
    Machine,
    name,
    { clusterName: 'c', bootstrap: {}, infrastructureRef: { apiGroup: 'i', kind: 'M', name } },
    {
      ...(more.node === false ? {} : { nodeRef: { name } }),
      conditions: [
        ...PODS.map((type) => since(type, more.well === false || marked ? 'False' : 'True')),
        ...(marked ? [since('HealthCheckSucceeded', 'False'), since('OwnerRemediated', 'False')] : []),
      ],
    },
    { annotations: more.annotations ?? {}, ...(more.going ? { deletionTimestamp: 'x' } : {}) },
  );
const etcd = (...unhealthy: string[]): ControlPlaneSeen => ({
  reachable: true,
  since: '2026-01-01T00:00:00Z',
  pods: [],
  etcd: {
    members: ['a', 'b', 'c'].map((name) => ({
      id: name,
      name,
      isLearner: false,
      isLeader: name === 'a',
      healthy: !unhealthy.includes(name),
    })),
  },
});
const three = [machine('a', true), machine('b', false), machine('c', false)];
const data = (minutesAgo: number, retryCount: number) =>
  JSON.stringify({ machine: 'x', timestamp: new Date(NOW.getTime() - minutesAgo * 60_000).toISOString(), retryCount });

test.each<[string, ControlPlaneObject, MachineObject[], ControlPlaneSeen | null, string]>([
  ['nobody is marked', controlPlane(), [machine('b', false)], etcd(), 'nothing'],
  ['one of three', controlPlane(), three, etcd('a'), 'delete a 0'],
  [
    'the only one',
    controlPlane(),
    [machine('a', true)],
    etcd('a'),
    "CannotBeRemediated: KubeadmControlPlane can't remediate if current replicas are less or equal to 1",
  ],
  ['one that never initialized', controlPlane({}, {}, false), [machine('a', true)], null, 'delete a 0'],
  [
    'a second member is sick',
    controlPlane(),
    three,
    etcd('a', 'b'),
    "RemediationDeferred: KubeadmControlPlane can't remediate this Machine because this could result in etcd loosing quorum",
  ],
  [
    'etcd is unknown',
    controlPlane(),
    three,
    null,
    "RemediationDeferred: KubeadmControlPlane can't remediate this Machine because this could result in etcd loosing quorum",
  ],
  [
    'nobody else serves',
    controlPlane(),
    [machine('a', true), machine('b', false, { well: false }), machine('c', false, { well: false })],
    etcd('a'),
    "RemediationDeferred: KubeadmControlPlane can't remediate this Machine because there are no other Machines with healthy control plane components",
  ],
  [
    'another one goes',
    controlPlane(),
    [machine('a', true), machine('b', false), machine('c', false, { going: true })],
    etcd('a'),
    'RemediationDeferred: KubeadmControlPlane waiting for control plane Machine deletion to complete before triggering remediation',
  ],
  [
    'another one comes',
    controlPlane(),
    [machine('a', true), machine('b', false), machine('c', false, { node: false })],
    etcd('a'),
    'RemediationDeferred: KubeadmControlPlane waiting for control plane Machine provisioning to complete before triggering remediation',
  ],
  [
    'a replacement is awaited',
    controlPlane({}, { [REMEDIATION_IN_PROGRESS]: data(1, 0) }),
    three,
    etcd('a'),
    'RemediationDeferred: KubeadmControlPlane waiting for the replacement of another Machine to be created',
  ],
  [
    'without a node first',
    controlPlane(),
    [machine('a', true), machine('b', true, { node: false }), machine('c', false)],
    etcd('b'),
    'delete b 0',
  ],
  [
    'asked for by a person first',
    controlPlane(),
    [machine('a', true), machine('b', true, { annotations: { 'cluster.x-k8s.io/remediate-machine': '' } }), machine('c', false)],
    etcd('b'),
    'delete b 0',
  ],
  [
    'a replacement that fails too',
    controlPlane(),
    [machine('a', true, { annotations: { [REMEDIATION_FOR]: data(30, 0) } }), machine('b', false), machine('c', false)],
    etcd('a'),
    'delete a 1',
  ],
  [
    'one that had been well for long',
    controlPlane(),
    [machine('a', true, { annotations: { [REMEDIATION_FOR]: data(90, 4) } }), machine('b', false), machine('c', false)],
    etcd('a'),
    'delete a 0',
  ],
  [
    'too soon again',
    controlPlane({ remediation: { retryPeriodSeconds: 3000 } }),
    [machine('a', true, { annotations: { [REMEDIATION_FOR]: data(30, 0) } }), machine('b', false), machine('c', false)],
    etcd('a'),
    "RemediationDeferred: KubeadmControlPlane can't remediate this machine before 2026-01-01T12:20:00.000Z (remediation.retryPeriodSeconds)",
  ],
  [
    'too often',
    controlPlane({ remediation: { maxRetry: 2 } }),
    [machine('a', true, { annotations: { [REMEDIATION_FOR]: data(30, 2) } }), machine('b', false), machine('c', false)],
    etcd('a'),
    "CannotBeRemediated: KubeadmControlPlane can't remediate this machine because the operation already failed 2 times (MaxRetry)",
  ],
])('%s', (_name, owner, machines, seen, expected) => {
  const decision = remediate(owner, machines, seen, NOW);
  if (decision.do === 'nothing') expect('nothing').toBe(expected);
  else if (decision.do === 'delete')
    expect(`delete ${decision.machine.metadata.name} ${decision.data.retryCount}`).toBe(expected);
  else expect(`${decision.reason}: ${decision.message}`).toBe(expected);
});

test.each([
  [undefined, null],
  ['no json', null],
  ['{"machine":1}', null],
  ['{"machine":"a","timestamp":"t","retryCount":1}', { machine: 'a', timestamp: 't', retryCount: 1 }],
])('annotation %s reads as %j', (text, expected) => {
  expect(parse(text)).toEqual(expected);
});
