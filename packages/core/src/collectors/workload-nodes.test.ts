import { expect, test } from 'vitest';
import type { WorkloadNode } from '../drivers/workload/nodes.ts';
import { nodeSeen } from './workload-nodes.ts';

const node = (heartbeat: string, more: Partial<WorkloadNode> = {}): WorkloadNode => ({
  metadata: {
    name: 'w-1',
    uid: 'u',
    creationTimestamp: '2026-11-23T00:00:00Z',
    labels: { b: '2', a: '1' },
    annotations: { 'cluster.x-k8s.io/machine': 'w-1', 'csi.volume.kubernetes.io/nodeid': '{"x":1}' },
  },
  spec: { providerID: 'metal3://metal3/h/w-1' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-23T00:01:00Z', lastHeartbeatTime: heartbeat } as {
        type: string;
        status: string;
      },
    ],
    nodeInfo: { kubeletVersion: 'v1.32.0' },
  },
  ...more,
});

test('a heartbeat changes nothing', () => {
  expect(JSON.stringify(nodeSeen(node('2026-11-23T00:02:00Z')))).toBe(JSON.stringify(nodeSeen(node('2026-11-23T00:03:00Z'))));
});

test('labels are sorted, annotations of others left out', () => {
  const seen = nodeSeen(node(''));
  expect(Object.keys(seen.labels)).toEqual(['a', 'b']);
  expect(seen.annotations).toEqual({ 'cluster.x-k8s.io/machine': 'w-1' });
  expect(seen).toMatchObject({
    providerID: 'metal3://metal3/h/w-1',
    kubeletVersion: 'v1.32.0',
    unschedulable: false,
    taints: [],
  });
});

test('a node that has said nothing yet is read as well; long texts are cut', () => {
  const seen = nodeSeen(node('', { status: undefined, spec: { providerID: 'x'.repeat(9999) } }));
  expect(seen.conditions).toEqual([]);
  expect(seen.providerID).toHaveLength(500);
});
