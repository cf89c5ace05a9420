import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isWritable } from '../workload/cluster.ts';
import { resourceOf } from '../workload/resources.ts';
import { installCni, tellToken } from '../workload/testing.ts';
import { type Lab, makeLab, until } from './lab.ts';

const NODES = resourceOf('', 'nodes')!;
const PODS = resourceOf('', 'pods')!;

let lab: Lab;
beforeEach(async () => {
  lab = await makeLab();
});
afterEach(() => lab.close());

const node = (name: string) => lab.cluster()?.objects.get(NODES, '', name);
const ready = (name: string) => node(name)?.status.conditions.find((one: { type: string }) => one.type === 'Ready')?.status;
const pods = () =>
  lab
    .cluster()
    .objects.list(PODS, 'kube-system')
    .map((pod) => pod.metadata.name);

async function initialized() {
  const running = await lab.boot('cp-1', 'init');
  await until('cp-1 registers', () => node('cp-1'));
  return running;
}

async function join(name: string, role: 'join-control-plane' | 'join-worker') {
  const running = await lab.boot(name, role);
  tellToken(lab, name);
  await until(`${name} registers`, () => node(name));
  return running;
}

describe('init', () => {
  test('makes a cluster with its static pods; Ready comes with the CNI', async () => {
    await initialized();
    expect(node('cp-1')).toMatchObject({
      metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { providerID: 'metal3://metal3/host-cp-1/cp-1' },
      status: { nodeInfo: { kubeletVersion: 'v1.32.0' } },
    });
    expect(ready('cp-1')).toBe('False');
    expect(pods()).toEqual(expect.arrayContaining(['etcd-cp-1', 'kube-apiserver-cp-1', 'kube-scheduler-cp-1', 'kube-vip-cp-1']));
    installCni(lab);
    await until('cp-1 is Ready', () => ready('cp-1') === 'True');
    await until('CNI and CoreDNS run', () => pods().some((name) => name.startsWith('kindnet-')));
  });

  test.each([
    [
      'keys that do not belong together',
      { edit: (text: string) => text.replace(/BEGIN PRIVATE KEY-----\n(\s+)M/, 'BEGIN PRIVATE KEY-----\n$1N') },
      /do not belong together/,
    ],
    [
      'an image whose kubeadm is too old',
      { version: 'v1.33.0', imageVersion: 'v1.32.0' },
      /cannot deploy a control plane of version v1.33.0/,
    ],
    [
      'an image that does not know v1beta4',
      { version: 'v1.31.0', imageVersion: 'v1.30.0' },
      /no kind "ClusterConfiguration" is registered/,
    ],
    [
      'kube-vip with admin.conf before init is over',
      { edit: (text: string) => text.replace('path: /etc/kubernetes/super-admin.conf', 'path: /etc/kubernetes/admin.conf') },
      /super-admin.conf is needed/,
    ],
    [
      'labels that kubelet refuses',
      {
        edit: (text: string) =>
          text.replace('name: provider-id', 'name: node-labels').replace(/value: metal3:.*/, 'value: node-role.kubernetes.io/x='),
      },
      /unknown 'kubernetes.io'/,
    ],
  ])('fails with %s', async (_name, more, message) => {
    await lab.boot('cp-1', 'init', more);
    await until('kubeadm fails', () => lab.lines.some((line) => line.includes('error execution phase')));
    expect(lab.lines.join('\n')).toMatch(message);
    expect(lab.cluster()).toBeUndefined();
  });
});

describe('join', () => {
  test('three control planes and a worker; the worker is tainted until its labels are set', async () => {
    await initialized();
    await join('cp-2', 'join-control-plane');
    await join('cp-3', 'join-control-plane');
    await join('w-1', 'join-worker');
    expect(lab.cluster().etcd.members()).toHaveLength(3);
    expect(node('w-1')!.spec.taints).toContainEqual({ key: 'node.cluster.x-k8s.io/uninitialized', effect: 'NoSchedule' });
    installCni(lab);
    await until('all are Ready', () => ['cp-1', 'cp-2', 'cp-3', 'w-1'].every((name) => ready(name) === 'True'));
  });

  test('a token that the cluster does not know, or no more, is refused', async () => {
    await initialized();
    await lab.boot('w-1', 'join-worker');
    tellToken(lab, 'w-1', new Date(Date.now() - 1000));
    await until('kubeadm gives up', () => lab.lines.some((line) => line.includes('could not find a JWS signature')));
    expect(node('w-1')).toBeUndefined();
  });

  test('another CA than the pinned one is refused', async () => {
    await initialized();
    await lab.boot('w-1', 'join-worker', { edit: (text) => text.replace(/sha256:[0-9a-f]+/, `sha256:${'0'.repeat(64)}`) });
    await until('kubeadm gives up', () => lab.lines.some((line) => line.includes('none of the public keys')));
  });
});

describe('life', () => {
  test('a node without power becomes Unknown and comes back with its disk', async () => {
    await initialized();
    const worker = await join('w-1', 'join-worker');
    installCni(lab);
    await until('w-1 is Ready', () => ready('w-1') === 'True');
    worker.stop();
    await until('w-1 is Unknown', () => ready('w-1') === 'Unknown');
    await lab.boot('w-1', 'join-worker');
    await until('w-1 is Ready again', () => ready('w-1') === 'True');
  });

  test.each([
    ['node-notready', 'False'],
    ['kubelet-dead', 'Unknown'],
    ['node-unreachable', 'Unknown'],
  ])('fault %s shows as Ready=%s and can be cleared', async (fault, status) => {
    await initialized();
    const worker = await join('w-1', 'join-worker');
    installCni(lab);
    await until('w-1 is Ready', () => ready('w-1') === 'True');
    worker.fault(fault, true);
    await until(`Ready=${status}`, () => ready('w-1') === status);
    worker.fault(fault, false);
    await until('w-1 is Ready again', () => ready('w-1') === 'True');
  });

  test('the endpoint moves when its holder dies; two of three dead is no quorum; they come back', async () => {
    const first = await initialized();
    const second = await join('cp-2', 'join-control-plane');
    await join('cp-3', 'join-control-plane');
    expect(lab.cluster().vip?.node).toBe('cp-1');
    first.stop();
    await until('the endpoint has moved', () => lab.cluster().vip && lab.cluster().vip?.node !== 'cp-1');
    expect(isWritable(lab.cluster())).toBe(true);
    second.stop();
    expect(isWritable(lab.cluster())).toBe(false);
    await lab.boot('cp-1', 'init');
    await until('quorum is back', () => isWritable(lab.cluster()));
    await until('somebody holds the endpoint', () => lab.cluster().vip);
  });
});

test('a server without a config drive becomes nothing and says so', async () => {
  await lab.boot('w-1', 'join-worker', { edit: () => 'nothing' });
  await until('it says so', () => lab.lines.some((line) => line.includes('not a cloud-config')));
});
