/**
 * What `ensureSecret` can make. Keys, certificates, tokens and bootstrap data come into being here, at execution: planners know
 * names and digests only.
 */
import { AppError } from '../errors.ts';
import { type BootstrapSecrets, renderCloudConfig } from './cloud-init.ts';
import { type BootstrapInputs, CLIENT_CERTIFICATE_DAYS, type KubeconfigInputs } from './inputs.ts';
import { type InstanceData, renderInstanceData } from './instance-data.ts';
import { renderKubeconfig } from './kubeconfig.ts';
import { caCertHash, type KeyPair, makeCa, makeLeaf, makeServiceAccountKeys } from './pki.ts';
import { makeToken, type Random } from './tokens.ts';

/** What a recipe may use besides its inputs. */
export interface RecipeContext {
  /** Data of a Secret as plain text; null = there is none. */
  secretData: (namespace: string, name: string) => Promise<Record<string, string> | null>;
  now: Date;
  random: Random;
}

/** How one kind of Secret is made. */
export interface Recipe {
  /** Made again when its inputs change; else made once and kept. */
  follows: boolean;
  /** Type and data (plain text) of the Secret. Throws AppError `unavailable` while a Secret it needs is missing. */
  make: (inputs: Record<string, unknown>, context: RecipeContext) => Promise<{ type: string; data: Record<string, string> }>;
}

/** The type that Cluster API gives to every Secret it makes (util/secret). */
export const CLUSTER_SECRET_TYPE = 'cluster.x-k8s.io/secret';

/** The recipes by name. */
export const RECIPES: Record<string, Recipe> = {
  'cluster-ca': authority('kubernetes'),
  'etcd-ca': authority('etcd-ca'),
  'proxy-ca': authority('front-proxy-ca'),
  'service-account': { follows: false, make: async () => pairSecret(await makeServiceAccountKeys()) },
  kubeconfig: {
    follows: true,
    make: (inputs, context) => makeKubeconfig(inputs as unknown as KubeconfigInputs, context),
  },
  'bootstrap-token': {
    follows: true,
    make: async (_inputs, { random }) => {
      const token = makeToken(random);
      return secret({ 'token-id': token.id, 'token-secret': token.secret });
    },
  },
  'bootstrap-data': {
    follows: false,
    make: (inputs, context) => makeBootstrapData(inputs as unknown as BootstrapInputs, context),
  },
  metadata: {
    follows: true,
    make: async (inputs) => ({ type: 'Opaque', data: { metaData: renderInstanceData(inputs as InstanceData) } }),
  },
};

function authority(commonName: string): Recipe {
  return { follows: false, make: async (_inputs, { now }) => pairSecret(await makeCa(commonName, now)) };
}

async function makeKubeconfig(inputs: KubeconfigInputs, context: RecipeContext) {
  const { cluster, endpoint, proxyURL } = inputs;
  const ca = await keyPair(context, cluster.namespace, inputs.ca);
  // The identity Cluster API's kubeconfig has: system:masters cannot be taken away by a broken RBAC in the cluster.
  const leaf = {
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
    usages: ['client' as const],
    days: CLIENT_CERTIFICATE_DAYS,
  };
  const client = await makeLeaf(ca, leaf, context.now);
  return secret({
    value: renderKubeconfig({
      clusterName: cluster.name,
      endpoint,
      ca: ca.certificate,
      client,
      ...(proxyURL ? { proxyURL } : {}),
    }),
  });
}

async function makeBootstrapData(inputs: BootstrapInputs, context: RecipeContext) {
  const { namespace } = inputs.cluster;
  const pair = (name: string) => keyPair(context, namespace, name);
  const ca = await pair(inputs.secrets.ca);
  const secrets: BootstrapSecrets = {
    ca,
    etcd: await pair(inputs.secrets.etcd),
    proxy: await pair(inputs.secrets.proxy),
    sa: await pair(inputs.secrets.sa),
    referenced: await referencedSecrets(inputs, context),
  };
  if (inputs.role !== 'init') {
    const token = await required(context, namespace, inputs.secrets.token ?? '', ['token-id', 'token-secret']);
    secrets.join = { token: `${token['token-id']}.${token['token-secret']}`, caCertHash: caCertHash(ca.certificate) };
  }
  return secret({ value: renderCloudConfig(inputs, secrets), format: 'cloud-config' });
}

async function referencedSecrets(inputs: BootstrapInputs, context: RecipeContext): Promise<Record<string, string>> {
  const { files = [], users = [] } = inputs.kubeadmConfigSpec;
  const wanted = [...files.map((file) => file.contentFrom?.secret), ...users.map((user) => user.passwdFrom?.secret)];
  const found: Record<string, string> = {};
  for (const from of wanted) {
    if (!from) continue;
    const data = await required(context, inputs.cluster.namespace, from.name, [from.key]);
    found[`${from.name}/${from.key}`] = data[from.key] ?? '';
  }
  return found;
}

async function keyPair(context: RecipeContext, namespace: string, name: string): Promise<KeyPair> {
  const data = await required(context, namespace, name, ['tls.crt', 'tls.key']);
  return { certificate: data['tls.crt']!, key: data['tls.key']! };
}

/** Never says what is in a Secret, only which keys it lacks. */
async function required(
  context: RecipeContext,
  namespace: string,
  name: string,
  keys: string[],
): Promise<Record<string, string>> {
  const data = await context.secretData(namespace, name);
  if (!data) throw new AppError('unavailable', `Secret ${namespace}/${name} is not there yet`);
  const missing = keys.filter((key) => data[key] === undefined);
  if (missing.length > 0) throw new AppError('unavailable', `Secret ${namespace}/${name} lacks ${missing.join(', ')}`);
  return data;
}

function pairSecret(pair: KeyPair) {
  return secret({ 'tls.crt': pair.certificate, 'tls.key': pair.key });
}

function secret(data: Record<string, string>) {
  return { type: CLUSTER_SECRET_TYPE, data };
}
