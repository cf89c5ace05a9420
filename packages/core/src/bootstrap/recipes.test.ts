import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isCode } from '../errors.ts';
import { type BootstrapInputs, kubeconfigInputs } from './inputs.ts';
import { belongTogether } from './pki.ts';
import { RECIPES, type RecipeContext } from './recipes.ts';

const now = new Date('2026-11-23T00:00:00Z');
const cluster = { namespace: 'clusters', name: 'production' };
const endpoint = { host: '10.0.0.100', port: 6443 };

function context(secrets: Record<string, Record<string, string>> = {}): RecipeContext {
  return {
    now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    secretData: async (_namespace, name) => secrets[name] ?? null,
  };
}

async function make(name: string, inputs: Record<string, unknown> = {}, from = context()) {
  return (await RECIPES[name]!.make(inputs, from)).data;
}

test.each(['cluster-ca', 'etcd-ca', 'proxy-ca', 'service-account'])('%s makes a pair that belongs together', async (name) => {
  const data = await make(name);
  expect(await belongTogether({ certificate: data['tls.crt']!, key: data['tls.key']! })).toBe(true);
});

test('a kubeconfig enters with a certificate of the cluster CA, through the proxy', async () => {
  const ca = await make('cluster-ca');
  const inputs = kubeconfigInputs({ cluster, endpoint, proxyURL: 'http://127.0.0.1:8888' }, now.toISOString(), now);
  const { value } = await make('kubeconfig', { ...inputs }, context({ 'production-ca': ca }));
  const config = parse(value!);
  expect(config.clusters[0].cluster).toMatchObject({ server: 'https://10.0.0.100:6443', 'proxy-url': 'http://127.0.0.1:8888' });
  expect(config['current-context']).toBe('production-admin@production');
  const client = new X509Certificate(Buffer.from(config.users[0].user['client-certificate-data'], 'base64'));
  expect(client.verify(new X509Certificate(ca['tls.crt']!).publicKey)).toBe(true);
});

test('the renewal number rises at half life', () => {
  const created = '2026-01-01T00:00:00Z';
  const renewal = (at: string) => kubeconfigInputs({ cluster, endpoint }, created, new Date(at)).renewal;
  expect([renewal('2026-01-01T00:00:00Z'), renewal('2026-07-01T00:00:00Z'), renewal('2026-07-03T00:00:00Z')]).toEqual([0, 0, 1]);
});

test('bootstrap data of a join holds the token and the CA pin; a missing Secret is said by name', async () => {
  const inputs: BootstrapInputs = {
    role: 'join-worker',
    cluster,
    clusterNetwork: { podCIDRs: [], serviceCIDRs: [] },
    kubernetesVersion: 'v1.32.0',
    endpoint,
    nodeName: 'w-1',
    kubeadmConfigSpec: {},
    secrets: { ca: 'ca', etcd: 'etcd', proxy: 'proxy', sa: 'sa', token: 'w-1-token' },
  };
  const secrets: Record<string, Record<string, string>> = {
    ca: await make('cluster-ca'),
    etcd: await make('etcd-ca'),
    proxy: await make('proxy-ca'),
    sa: await make('service-account'),
  };
  const wait = await make('bootstrap-data', { ...inputs }, context(secrets)).catch((error: unknown) => error);
  expect(isCode(wait, 'unavailable') && wait.message).toBe('Secret clusters/w-1-token is not there yet');
  const token = await make('bootstrap-token');
  const data = await make('bootstrap-data', { ...inputs }, context({ ...secrets, 'w-1-token': token }));
  expect(data.value).toContain(`${token['token-id']}.${token['token-secret']}`);
  expect(data.value).toMatch(/sha256:[0-9a-f]{64}/);
  expect(data.value).not.toContain('PRIVATE KEY');
});

test('metadata keeps providerid without its scheme, as Metal3 does', async () => {
  const data = await make('metadata', { uuid: 'u', name: 'n', providerid: 'metal3://metal3/host-1/n' });
  expect(JSON.parse(data.metaData!)).toEqual({ uuid: 'u', name: 'n', providerid: 'metal3/host-1/n' });
});
