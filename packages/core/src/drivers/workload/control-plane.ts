/** The control plane of a workload cluster as its API shows it: static pods in kube-system. */
import type { WorkloadClient } from './client.ts';
import type { WorkloadPod } from './drain.ts';

/** Components that run as static pods. */
export const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;

/** One static pod. */
export interface ControlPlanePod {
  node: string;
  component: (typeof COMPONENTS)[number];
  ready: boolean;
  message?: string;
}

/** All of them, by node and component. kubeadm labels them `tier=control-plane`. */
export async function controlPlanePods(client: WorkloadClient): Promise<ControlPlanePod[]> {
  const pods = await client.list<WorkloadPod>('/api/v1/namespaces/kube-system/pods', { labelSelector: 'tier=control-plane' });
  return pods.flatMap((pod) => {
    const component = COMPONENTS.find((one) => one === pod.metadata.labels?.component);
    const node = pod.spec?.nodeName;
    if (!component || !node) return [];
    const ready = pod.status?.conditions?.find((condition) => condition.type === 'Ready');
    const message = ready?.status === 'True' ? undefined : ready?.message || `phase ${pod.status?.phase ?? 'Unknown'}`;
    return [{ node, component, ready: ready?.status === 'True', ...(message ? { message } : {}) }];
  });
}

/** The pods that run etcd. */
export async function memberPods(client: WorkloadClient): Promise<ControlPlanePod[]> {
  return (await controlPlanePods(client)).filter((pod) => pod.component === 'etcd');
}
