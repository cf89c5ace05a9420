import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type BootstrapSecrets, renderCloudConfig } from './cloud-init.ts';
import type { BootstrapInputs, Role } from './inputs.ts';

const pair = (name: string) => ({ certificate: `<${name} certificate>\n`, key: `<${name} key>\n` });
const secrets: BootstrapSecrets = {
  ca: pair('ca'),
  etcd: pair('etcd'),
  proxy: pair('proxy'),
  sa: pair('sa'),
  join: { token: 'abcdef.0123456789abcdef', caCertHash: 'sha256:0123' },
  referenced: { 'motd/text': 'hello\n' },
};

const LABELS = [{ name: 'node-labels', value: 'node-role.kubernetes.io/control-plane=,rack=a1' }];

function inputs(role: Role, kubernetesVersion: string): BootstrapInputs {
  return {
    role,
    cluster: { namespace: 'clusters', name: 'production' },
    clusterNetwork: { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
    kubernetesVersion,
    endpoint: { host: '10.0.0.100', port: 6443 },
    nodeName: 'production-cp-abcde',
    secrets: { ca: 'production-ca', etcd: 'production-etcd', proxy: 'production-proxy', sa: 'production-sa', token: 't' },
    kubeVip: { image: 'ghcr.io/kube-vip/kube-vip:v1.0.0', interface: 'eno1', address: '10.0.0.100' },
    kubeadmConfigSpec: {
      clusterConfiguration: {
        apiServer: { extraArgs: [{ name: 'audit-log-maxage', value: '7' }], certSANs: ['api.example.com'] },
      },
      initConfiguration: {
        nodeRegistration: { kubeletExtraArgs: LABELS },
        timeouts: { controlPlaneComponentHealthCheckSeconds: 300 },
      },
      joinConfiguration: { nodeRegistration: { kubeletExtraArgs: LABELS, taints: [] }, timeouts: { tlsBootstrapSeconds: 600 } },
      files: [{ path: '/etc/motd', contentFrom: { secret: { name: 'motd', key: 'text' } } }],
      preKubeadmCommands: ['echo before'],
      postKubeadmCommands: ['echo after'],
      users: [{ name: 'ops', sudo: 'ALL=(ALL) NOPASSWD:ALL', sshAuthorizedKeys: ['ssh-ed25519 AAAA ops'] }],
      ntp: { servers: ['ntp.example.com'] },
    },
  };
}

const ROLES: Role[] = ['init', 'join-control-plane', 'join-worker'];

describe.each(['v1.30.4', 'v1.32.0', 'v1.33.0'])('%s', (version) => {
  test.each(ROLES)('%s renders as in its golden file', async (role) => {
    const text = renderCloudConfig(inputs(role, version), secrets);
    await expect(text).toMatchFileSnapshot(`golden/${version.slice(0, 5)}-${role}.yaml`);
  });
});

interface Parsed {
  write_files: { path: string; content: string }[];
  runcmd: string[];
}

function rendered(role: Role, version: string) {
  const config = parse(renderCloudConfig(inputs(role, version), secrets)) as Parsed;
  const file = (path: string) => config.write_files.find((one) => one.path === path)?.content;
  return { config, file };
}

test('refused labels never reach kubelet, others do', () => {
  const text = renderCloudConfig(inputs('init', 'v1.32.0'), secrets);
  expect(text).not.toContain('node-role.kubernetes.io');
  expect(text).toContain('rack=a1');
});

test('workers get no keys and no kube-vip', () => {
  const { config } = rendered('join-worker', 'v1.32.0');
  expect(config.write_files.map((file) => file.path)).toEqual([
    '/run/kubeadm/kubeadm-join-config.yaml',
    '/run/cluster-api/placeholder',
    '/etc/motd',
  ]);
});

test('super-admin.conf serves kube-vip on the first node from 1.29 on, until init is over', () => {
  const manifest = '/etc/kubernetes/manifests/kube-vip.yaml';
  expect(rendered('init', 'v1.32.0').file(manifest)).toContain('super-admin.conf');
  expect(rendered('init', 'v1.32.0').config.runcmd.some((line) => line.startsWith('sed -i'))).toBe(true);
  expect(rendered('init', 'v1.28.3').file(manifest)).not.toContain('super-admin.conf');
  expect(rendered('join-control-plane', 'v1.32.0').file(manifest)).not.toContain('super-admin.conf');
});

test('arguments are maps in v1beta3 and lists in v1beta4', () => {
  const cluster = (version: string) =>
    parseAllDocuments(rendered('init', version).file('/run/kubeadm/kubeadm.yaml') ?? '')[0]?.toJS() as Record<
      string,
      { extraArgs?: unknown; timeoutForControlPlane?: string }
    >;
  expect(cluster('v1.30.4').apiServer).toMatchObject({ extraArgs: { 'audit-log-maxage': '7' }, timeoutForControlPlane: '300s' });
  expect(cluster('v1.33.0').apiServer?.extraArgs).toEqual([{ name: 'audit-log-maxage', value: '7' }]);
});

test('a join without a token is refused', () => {
  expect(() => renderCloudConfig(inputs('join-worker', 'v1.32.0'), { ...secrets, join: undefined })).toThrow(
    /no bootstrap token/,
  );
});

/** A second opinion where the tool is at hand; where it is not, the golden files stand alone. */
function cloudInitSays(text: string): string {
  try {
    execFileSync('cloud-init', ['--version'], { stdio: 'ignore' });
  } catch {
    return 'Valid';
  }
  const folder = mkdtempSync(join(tmpdir(), 'slipway-cloud-init-'));
  try {
    const path = join(folder, 'user-data.yaml');
    writeFileSync(path, text.replace('## template: jinja\n', ''));
    return execFileSync('cloud-init', ['schema', '--config-file', path], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(ROLES)('cloud-init finds %s valid', (role) => {
  expect(cloudInitSays(renderCloudConfig(inputs(role, 'v1.33.0'), secrets))).toContain('Valid');
});
