import { expect, test } from 'vitest';
import { isRefusedByKubelet, labelWarnings, withoutRefusedLabels } from './labels.ts';

test.each([
  ['node-role.kubernetes.io/control-plane', true],
  ['node-restriction.kubernetes.io/team', true],
  ['k8s.io/x', true],
  ['kubernetes.io/hostname', false],
  ['topology.kubernetes.io/zone', false],
  ['kubelet.kubernetes.io/x', false],
  ['my.node.kubernetes.io/x', false],
  ['node-role.example.com/worker', false],
  ['worker', false],
])('kubelet refuses %s: %s', (key, refused) => {
  expect(isRefusedByKubelet(key)).toBe(refused);
});

test('refused labels are left out and named, the others stay', () => {
  const { args, leftOut } = withoutRefusedLabels([
    { name: 'node-labels', value: 'node-role.kubernetes.io/control-plane=,rack=a1' },
    { name: 'v', value: '2' },
  ]);
  expect(args).toEqual([
    { name: 'node-labels', value: 'rack=a1' },
    { name: 'v', value: '2' },
  ]);
  expect(leftOut).toEqual(['node-role.kubernetes.io/control-plane']);
});

test('an argument that held refused labels only goes away', () => {
  expect(withoutRefusedLabels([{ name: 'node-labels', value: 'node-role.kubernetes.io/worker=' }]).args).toEqual([]);
});

test('a warning names the field, the label and what happens', () => {
  const args = [{ name: 'node-labels', value: 'node-role.kubernetes.io/control-plane=' }];
  const warnings = labelWarnings(
    { joinConfiguration: { nodeRegistration: { kubeletExtraArgs: args } } },
    'spec.kubeadmConfigSpec',
  );
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^spec\.kubeadmConfigSpec\.joinConfiguration\..*left out/);
});
