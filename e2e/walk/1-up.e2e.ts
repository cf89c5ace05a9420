/** The walk, first half: hosts come to available, the seed's cluster comes up, its kubeconfig opens it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { kubectl, stateFolder } from '../support/slipway.ts';

const PRODUCTION = ['-n', 'clusters', '-l', 'cluster.x-k8s.io/cluster-name=production'];

test.describe.configure({ mode: 'serial' });

test('every host of both sites comes to available', async () => {
  await expect
    .poll(
      async () => (await kubectl('get', 'bmh', '-A', '-o', 'jsonpath={.items[*].status.provisioning.state}')).split(' ').sort(),
      { timeout: 180_000 },
    )
    .toEqual(Array.from({ length: 64 }, () => 'available'));
  const table = await kubectl('get', 'bmh', '-A');
  expect(table.split('\n')[0]).toMatch(/^NAMESPACE +NAME +STATE +CONSUMER +ONLINE +ERROR +AGE$/);
});

test('the seed’s manifests bring up 3 + 5 machines', async () => {
  await kubectl('apply', '-f', 'examples/production/');
  await kubectl('wait', 'cluster/production', '-n', 'clusters', '--for=condition=Available', '--timeout=180s');
  await kubectl('wait', 'cluster/production', '-n', 'clusters', '--for=condition=Ready', '--timeout=10s');
  await expect
    .poll(
      () =>
        kubectl('get', 'machines', ...PRODUCTION, '-o', 'jsonpath={range .items[*]}{.status.phase} {.spec.version}{"\\n"}{end}'),
      { timeout: 120_000 },
    )
    .toBe('Running v1.32.0\n'.repeat(8));
  const controlPlane = await kubectl('get', 'machines', ...PRODUCTION, '-l', 'cluster.x-k8s.io/control-plane', '-o', 'name');
  expect(controlPlane.trim().split('\n')).toHaveLength(3);
});

test('the kubeconfig Secret opens the workload cluster: 8 nodes Ready at the version of their image', async () => {
  const encoded = await kubectl('get', 'secret', 'production-kubeconfig', '-n', 'clusters', '-o', 'jsonpath={.data.value}');
  const file = join(stateFolder(), 'production.kubeconfig');
  writeFileSync(file, Buffer.from(encoded, 'base64'), { mode: 0o600 });
  await expect
    .poll(() => kubectl('--kubeconfig', file, 'get', 'nodes', '--no-headers'), { timeout: 60_000 })
    .toMatch(/^(\S+ +Ready +\S+ +\S+ +v1\.32\.0\n){8}$/);
});
