import { expect, test } from 'vitest';
import type { WorkloadClient } from './client.ts';
import { raiseKubernetesVersion } from './kubeadm-config.ts';

function fake(version: string) {
  const patches: unknown[] = [];
  const text = `apiVersion: kubeadm.k8s.io/v1beta4\nkubernetesVersion: ${version}\nnetworking: { podSubnet: 10.244.0.0/16 }\n`;
  const client = {
    get: async () => ({ data: { ClusterConfiguration: text } }),
    patch: async (_path: string, _type: string, body: unknown) => void patches.push(body),
  };
  return { client: client as unknown as WorkloadClient, patches };
}

test('the version is raised and nothing else changed', async () => {
  const { client, patches } = fake('v1.32.0');
  await raiseKubernetesVersion(client, 'v1.33.0');
  expect(patches).toEqual([
    { data: { ClusterConfiguration: expect.stringContaining('kubernetesVersion: v1.33.0\nnetworking: { podSubnet') } },
  ]);
});

test.each(['v1.33.0', 'v1.33.1'])('a cluster of %s is left as it is', async (version) => {
  const { client, patches } = fake(version);
  await raiseKubernetesVersion(client, 'v1.33.0');
  expect(patches).toEqual([]);
});
