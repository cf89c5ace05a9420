import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeLeaf } from '@slipway/core/bootstrap/pki.ts';
import { accessOf } from '@slipway/core/drivers/workload/access.ts';
import { applyManifest } from '@slipway/core/drivers/workload/apply.ts';
import { openWorkload, type WorkloadClient } from '@slipway/core/drivers/workload/client.ts';
import { drainPass } from '@slipway/core/drivers/workload/drain.ts';
import { listMembers, memberStatus, moveLeader, removeMember } from '@slipway/core/drivers/workload/etcd.ts';
import { openEtcd } from '@slipway/core/drivers/workload/etcd-transport.ts';
import { listNodes, syncNode } from '@slipway/core/drivers/workload/nodes.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, makeLab, until } from '../node/lab.ts';
import { startProxy } from '../proxy.ts';
import { installCni, tellToken } from './testing.ts';

let lab: Lab;
let client: WorkloadClient;
let kubeconfig: string;
let closeProxy: () => void | Promise<void>;
const NAMES = ['cp-1', 'cp-2', 'cp-3', 'w-1'];

beforeAll(async () => {
  lab = await makeLab();
  const proxy = await startProxy(lab.network, 0);
  closeProxy = () => proxy.close();
  kubeconfig = await lab.kubeconfig(proxy.url);
  client = openWorkload(accessOf(kubeconfig));
  await lab.boot('cp-1', 'init');
  await until('the cluster is there', () => lab.cluster());
  for (const name of NAMES.slice(1)) {
    tellToken(lab, name);
    await lab.boot(name, name.startsWith('cp') ? 'join-control-plane' : 'join-worker');
    await until(`${name} registers`, () => lab.cluster().kubelets.has(name));
  }
  installCni(lab);
});

afterAll(async () => {
  await client.close();
  lab.close();
  await closeProxy();
});

async function identity() {
  const etcd = lab.secrets['production-etcd']!;
  const ca = { certificate: etcd['tls.crt']!, key: etcd['tls.key']! };
  const leaf = await makeLeaf(ca, { commonName: 'slipway', usages: ['client'], days: 1 }, new Date());
  return { ca: ca.certificate, ...leaf };
}

const DEPLOYMENT = (replicas: number) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`;

describe('through the proxy', () => {
  test('nodes are read and their labels set; the uninitialized taint goes', async () => {
    expect((await listNodes(client)).map((node) => node.metadata.name)).toEqual(NAMES);
    await syncNode(client, 'w-1', {
      labels: { 'node-role.kubernetes.io/worker': '' },
      annotations: { 'cluster.x-k8s.io/machine': 'w-1' },
    });
    const worker = (await listNodes(client)).find((node) => node.metadata.name === 'w-1');
    expect(worker?.metadata.labels?.['node-role.kubernetes.io/worker']).toBe('');
    expect(worker?.spec?.taints?.map((taint) => taint.key)).not.toContain('node.cluster.x-k8s.io/uninitialized');
  });

  test('etcd: members, leader, hand-over, removal', async () => {
    const one = await openEtcd(client, 'cp-1', await identity());
    const members = await listMembers(one);
    expect(members.map((member) => member.name)).toEqual(['cp-1', 'cp-2', 'cp-3']);
    const status = await memberStatus(one);
    expect(status.leaderId).toBe(members[0]!.id);
    const three = await openEtcd(client, 'cp-3', await identity());
    await expect(moveLeader(three, members[1]!.id)).rejects.toThrow(/not leader/);
    await moveLeader(one, members[1]!.id);
    expect((await memberStatus(one)).leaderId).toBe(members[1]!.id);
    await removeMember(one, members[2]!.id);
    expect(await listMembers(one)).toHaveLength(2);
    one.close();
    three.close();
  });

  test('etcd takes no stranger; a pod that is not there is said to be so', async () => {
    const stranger = {
      ...(await identity()),
      ...(await makeLeaf(
        { certificate: lab.secrets['production-ca']!['tls.crt']!, key: lab.secrets['production-ca']!['tls.key']! },
        { commonName: 'x', usages: ['client'], days: 1 },
        new Date(),
      )),
    };
    const transport = await openEtcd(client, 'cp-1', stranger);
    await expect(listMembers(transport)).rejects.toMatchObject({ code: 'unreachable' });
    transport.close();
    await expect(openEtcd(client, 'no-such', await identity())).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('drain: respects a budget, skips daemons, and is done when the node is empty', async () => {
    await until('w-1 is Ready', () => lab.cluster().kubelets.get('w-1')?.beats());
    await applyManifest(client, DEPLOYMENT(2));
    const pods = () => client.list<{ spec?: { nodeName?: string } }>('/api/v1/namespaces/shop/pods');
    let placed: (string | undefined)[] = [];
    await until('pods run', () => {
      void pods().then((all) => {
        placed = all.map((pod) => pod.spec?.nodeName);
      });
      return placed.length === 2 && placed.every((node) => node === 'w-1');
    });
    const blocked = await drainPass(client, 'w-1');
    expect(blocked.left.filter((name) => name.startsWith('shop/'))).toHaveLength(2);
    expect(blocked.blocked[0]).toContain('PodDisruptionBudget');
    await client.remove('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web');
    expect(await drainPass(client, 'w-1')).toMatchObject({ blocked: [] });
    expect((await pods()).every((pod) => pod.spec?.nodeName === undefined)).toBe(true);
    expect(await drainPass(client, 'gone')).toEqual({ left: [], blocked: [] });
  });

  test('a cluster that is not there is unreachable; a stranger is refused', async () => {
    const access = accessOf(kubeconfig);
    const nowhere = openWorkload({ ...access, server: 'https://10.0.0.99:6443' });
    await expect(listNodes(nowhere)).rejects.toMatchObject({ code: 'unreachable', status: undefined });
    await nowhere.close();
    const etcd = lab.secrets['production-etcd']!;
    const leaf = await makeLeaf(
      { certificate: etcd['tls.crt']!, key: etcd['tls.key']! },
      { commonName: 'x', usages: ['client'], days: 1 },
      new Date(),
    );
    const stranger = openWorkload({ ...access, ...leaf });
    await expect(listNodes(stranger)).rejects.toMatchObject({ code: 'auth', status: 401 });
    await stranger.close();
  });
});

describe('kubectl', () => {
  test('reads nodes and pods through the kubeconfig alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-kubectl-'));
    try {
      const path = join(folder, 'kubeconfig');
      writeFileSync(path, kubeconfig);
      const kubectl = async (...args: string[]) => {
        const options = { env: { ...process.env, KUBECONFIG: path, HOME: folder }, timeout: 30_000 };
        return (await promisify(execFile)('kubectl', args, options)).stdout;
      };
      const nodes = await kubectl('get', 'nodes');
      expect(nodes).toMatch(/NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION/);
      expect(nodes).toMatch(/cp-1\s+Ready\s+control-plane\s+\d+s\s+v1\.32\.0/);
      expect(await kubectl('get', 'pods', '-A')).toMatch(/kube-system\s+etcd-cp-1\s+1\/1\s+Running/);
      expect(await kubectl('get', 'node', 'w-1', '-o', 'jsonpath={.spec.providerID}')).toBe('metal3://metal3/host-w-1/w-1');
      expect(await kubectl('version')).toContain('Server Version: v1.32.0');
      const manifest = join(folder, 'deployment.yaml');
      writeFileSync(manifest, DEPLOYMENT(2).replaceAll('shop', 'bar'));
      expect(await kubectl('apply', '-f', manifest)).toContain('deployment.apps/web created');
      expect(await kubectl('apply', '-f', manifest)).toContain('deployment.apps/web unchanged');
      writeFileSync(manifest, DEPLOYMENT(3).replaceAll('shop', 'bar'));
      expect(await kubectl('apply', '--server-side', '--force-conflicts', '-f', manifest)).toContain('serverside-applied');
      expect(await kubectl('scale', 'deployment', 'web', '-n', 'bar', '--replicas=4')).toContain('scaled');
      expect(await kubectl('get', 'deployment', 'web', '-n', 'bar', '-o', 'jsonpath={.spec.replicas}')).toBe('4');
      expect(await kubectl('cordon', 'cp-2')).toContain('cordoned');
      expect(await kubectl('get', 'nodes')).toContain('Ready,SchedulingDisabled');
      expect(await kubectl('wait', '--for=condition=Ready', 'node/cp-1', '--timeout=5s')).toContain('condition met');
      expect(await kubectl('drain', 'cp-2', '--ignore-daemonsets', '--force', '--timeout=10s')).toContain('drained');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
