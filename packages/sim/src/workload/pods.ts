/** Pods as the simulation shows them: one container, running or waiting. */
import type { Obj } from './objects.ts';

/** What a pod is made from. */
export interface PodOf {
  name: string;
  namespace: string;
  node?: string;
  ip?: string;
  image: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  owner?: { apiVersion: string; kind: string; name: string; uid: string };
  tolerations?: unknown[];
}

/** A pod; it runs at once where it has a node, and waits otherwise. */
export function podOf(of: PodOf): Obj {
  const container = of.name.replace(/-[^-]+$/, '');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: of.name,
      namespace: of.namespace,
      labels: of.labels ?? {},
      annotations: of.annotations ?? {},
      ...(of.owner ? { ownerReferences: [{ ...of.owner, controller: true, blockOwnerDeletion: true }] } : {}),
    },
    spec: {
      containers: [{ name: container, image: of.image }],
      ...(of.node ? { nodeName: of.node } : {}),
      ...(of.tolerations ? { tolerations: of.tolerations } : {}),
    },
    status: statusOf(of.node !== undefined, of.ip),
  };
}

/** The same pod with its Ready condition set, as the node lifecycle controller does when a node goes and comes. */
export function withReady(pod: Obj, ready: boolean, message = ''): Obj {
  const was = pod.status?.conditions?.find((one: { type: string }) => one.type === 'Ready')?.status === 'True';
  if (was === ready) return pod;
  return { ...pod, status: { ...pod.status, conditions: conditions(ready, message) } };
}

function statusOf(running: boolean, ip: string | undefined) {
  if (!running) return { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] };
  return { phase: 'Running', conditions: conditions(true, ''), ...(ip ? { podIP: ip, hostIP: ip } : {}) };
}

function conditions(ready: boolean, message: string) {
  const status = ready ? 'True' : 'False';
  return [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', status },
    { type: 'Ready', status, ...(message ? { message } : {}) },
  ];
}
