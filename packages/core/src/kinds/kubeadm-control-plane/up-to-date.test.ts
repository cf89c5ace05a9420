import { expect, test } from 'vitest';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { made, NOW } from '../shared/testing.ts';
import { KubeadmControlPlane } from './kind.ts';
import type { ControlPlaneObject, Member } from './seen.ts';
import { configFor, outdated } from './up-to-date.ts';

const ref = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name: 't' };
const setup = {
  clusterConfiguration: { imageRepository: 'r' },
  initConfiguration: { nodeRegistration: { criSocket: 'i' } },
  joinConfiguration: { nodeRegistration: { criSocket: 'j' } },
  preKubeadmCommands: ['a'],
};
const controlPlane = (more: Partial<ControlPlaneObject['spec']> = {}): ControlPlaneObject =>
  made(KubeadmControlPlane, 'cp', {
    version: 'v1.32.0',
    machineTemplate: { spec: { infrastructureRef: ref } },
    kubeadmConfigSpec: setup,
    ...more,
  });
const member = (config: object, annotations: Record<string, string> | null = {}): Member => ({
  machine: made(
    Machine,
    'a',
    { clusterName: 'c', version: 'v1.32.0', bootstrap: {}, infrastructureRef: ref },
    { certificatesExpiryDate: '2026-01-20T00:00:00Z' },
  ),
  config: made(KubeadmConfig, 'a', config),
  infrastructure: made(Metal3Machine, 'a', {}, undefined, {
    annotations: annotations && {
      'cluster.x-k8s.io/cloned-from-name': 't',
      'cluster.x-k8s.io/cloned-from-groupkind': 'Metal3MachineTemplate.infrastructure.cluster.x-k8s.io',
      ...annotations,
    },
  } as object),
});
const joined = configFor(setup, 'join');

test.each<[string, ControlPlaneObject, Member, string[]]>([
  ['the first machine', controlPlane(), member(configFor(setup, 'init')), []],
  ['a joined machine', controlPlane(), member(joined), []],
  [
    'a joined machine with its discovery filled in',
    controlPlane(),
    member({ ...joined, joinConfiguration: { ...joined.joinConfiguration, discovery: { bootstrapToken: { token: 'x' } } } }),
    [],
  ],
  ['another version', controlPlane({ version: 'v1.33.0' }), member(joined), ['Version v1.32.0, v1.33.0 required']],
  [
    'another template',
    controlPlane(),
    member(joined, { 'cluster.x-k8s.io/cloned-from-name': 'old' }),
    ['Metal3Machine was made from old, t required'],
  ],
  ['an infrastructure object that was not cloned', controlPlane(), member(joined, null), []],
  [
    'other commands',
    controlPlane({ kubeadmConfigSpec: { ...setup, preKubeadmCommands: ['b'] } }),
    member(joined),
    ['KubeadmConfig is not up-to-date'],
  ],
  [
    'another init configuration does not touch joined machines',
    controlPlane({ kubeadmConfigSpec: { ...setup, initConfiguration: {} } }),
    member(joined),
    [],
  ],
  [
    'another join configuration',
    controlPlane({ kubeadmConfigSpec: { ...setup, joinConfiguration: {} } }),
    member(joined),
    ['KubeadmConfig is not up-to-date'],
  ],
  [
    'older than rollout.after',
    controlPlane({ rollout: { after: '2026-01-01T06:00:00Z' } }),
    member(joined),
    ['KubeadmControlPlane spec.rollout.after expired'],
  ],
  ['rollout.after in the future', controlPlane({ rollout: { after: '2026-01-02T06:00:00Z' } }), member(joined), []],
  [
    'certificates that expire',
    controlPlane({ rollout: { before: { certificatesExpiryDays: 21 } } }),
    member(joined),
    ['Certificates will expire soon, rollout due to KubeadmControlPlane spec.rollout.before.certificatesExpiryDays'],
  ],
])('%s', (_name, owner, given, reasons) => {
  expect(outdated(given, owner, NOW)).toEqual(reasons);
});

test('a join configuration always says that it is for a control plane', () => {
  expect(configFor({}, 'join')).toEqual({ joinConfiguration: { controlPlane: {} } });
  expect(configFor({}, 'init')).toEqual({ initConfiguration: {} });
});
