/** ConfigMap kube-system/kubeadm-config: what `kubeadm join --control-plane` takes its versions from. */
import { parse } from 'semver';
import { parseDocument } from 'yaml';
import type { WorkloadClient } from './client.ts';
import { WorkloadError } from './errors.ts';

const PATH = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config';

/**
 * Raises the version that joining control planes run; never lowers it. Without this a new control-plane node of a rollout would
 * start components of the old version (Cluster API's KubeadmControlPlane does the same).
 */
export async function raiseKubernetesVersion(client: WorkloadClient, version: string): Promise<void> {
  const { data } = await client.get<{ data?: { ClusterConfiguration?: string } }>(PATH);
  const document = parseDocument(data?.ClusterConfiguration ?? '');
  const [was, wanted] = [parse(String(document.get('kubernetesVersion') ?? '')), parse(version)];
  if (!wanted || document.errors.length > 0) throw new WorkloadError('protocol', 'ConfigMap kubeadm-config cannot be read');
  if (was && was.compare(wanted) >= 0) return;
  document.set('kubernetesVersion', version);
  await client.patch(PATH, 'merge', { data: { ClusterConfiguration: String(document) } });
}
