/** For tests: config drives of the nodes of one cluster, as core makes them. */
import type { BootstrapInputs, Role } from '@slipway/core/bootstrap/inputs.ts';
import { RECIPES, type RecipeContext } from '@slipway/core/bootstrap/recipes.ts';
import { makeToken } from '@slipway/core/bootstrap/tokens.ts';
import { buildConfigDrive } from '@slipway/core/drivers/boot/config-drive.ts';

const NAME = { namespace: 'clusters', name: 'production' };
const ENDPOINT = { host: '10.0.0.100', port: 6443 };

/** Makes drives, and what belongs to them. */
export interface Drives {
  /** Data of the cluster's Secrets by name, as core makes them. */
  secrets: Record<string, Record<string, string>>;
  /** The bootstrap token of a node: made when first asked for. */
  token: (name: string) => { id: string; secret: string };
  /** ISO 9660. */
  drive: (name: string, role: Role, more?: DriveMore) => Promise<Buffer>;
  /** The kubeconfig of an admin. */
  kubeconfig: (proxyURL?: string) => Promise<string>;
}

/** What a test may want otherwise. */
export interface DriveMore {
  version?: string;
  spec?: BootstrapInputs['kubeadmConfigSpec'];
  /** Change the user data before they go onto the drive. */
  edit?: (userData: string) => string;
}

/** With CAs of their own. */
export async function makeDrives(): Promise<Drives> {
  const secrets: Record<string, Record<string, string>> = {};
  const context: RecipeContext = {
    now: new Date(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    secretData: async (_namespace, name) => secrets[name] ?? null,
  };
  const make = async (recipe: string, inputs: Record<string, unknown>) => (await RECIPES[recipe]!.make(inputs, context)).data;
  for (const [name, recipe] of Object.entries({ ca: 'cluster-ca', etcd: 'etcd-ca', proxy: 'proxy-ca', sa: 'service-account' })) {
    secrets[`production-${name}`] = await make(recipe, {});
  }
  const token = (name: string) => {
    const made = secrets[`${name}-token`] ?? namesOf(makeToken(context.random));
    secrets[`${name}-token`] = made;
    return { id: made['token-id']!, secret: made['token-secret']! };
  };
  return {
    secrets,
    token,
    drive: async (name, role, { version = 'v1.32.0', spec = {}, edit = (text: string) => text } = {}) => {
      token(name);
      const inputs: BootstrapInputs = {
        role,
        cluster: NAME,
        clusterNetwork: { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
        kubernetesVersion: version,
        endpoint: ENDPOINT,
        nodeName: name,
        kubeadmConfigSpec: spec,
        secrets: {
          ca: 'production-ca',
          etcd: 'production-etcd',
          proxy: 'production-proxy',
          sa: 'production-sa',
          token: `${name}-token`,
        },
        kubeVip: { image: 'kube-vip:v1', interface: 'eno1', address: ENDPOINT.host },
      };
      const { value } = await make('bootstrap-data', { ...inputs });
      const metaData = { uuid: name, name, 'local-hostname': name, providerid: `metal3/host-${name}/${name}` };
      return Buffer.from(buildConfigDrive({ metaData, userData: edit(value!) }));
    },
    kubeconfig: async (proxyURL) => {
      const inputs = { cluster: NAME, endpoint: ENDPOINT, ca: 'production-ca', renewal: 0, ...(proxyURL ? { proxyURL } : {}) };
      return (await make('kubeconfig', inputs)).value!;
    },
  };
}

function namesOf({ id, secret }: { id: string; secret: string }): Record<string, string> {
  return { 'token-id': id, 'token-secret': secret };
}
