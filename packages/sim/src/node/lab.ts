/** For tests: a site of nothing but nodes, with config drives as core makes them. */
import type { BootstrapInputs, Role } from '@slipway/core/bootstrap/inputs.ts';
import { RECIPES, type RecipeContext } from '@slipway/core/bootstrap/recipes.ts';
import { makeToken } from '@slipway/core/bootstrap/tokens.ts';
import { buildConfigDrive } from '@slipway/core/drivers/boot/config-drive.ts';
import { makeClock } from '../clock.ts';
import { makeNetwork, type Network } from '../network.ts';
import type { RunningNode } from '../node-contract.ts';
import { clustersOf, type SimCluster } from '../workload/cluster.ts';
import { bootNode } from './boot.ts';

/** A lab. */
export interface Lab {
  network: Network;
  lines: string[];
  /** Data of the cluster's Secrets by name, as core makes them. */
  secrets: Record<string, Record<string, string>>;
  /** The bootstrap token of a node: made when first asked for. */
  token: (name: string) => { id: string; secret: string };
  boot: (name: string, role: Role, more?: BootMore) => Promise<RunningNode>;
  /** The kubeconfig of an admin. */
  kubeconfig: (proxyURL?: string) => Promise<string>;
  cluster: () => SimCluster;
  close: () => void;
}

/** What a test may want otherwise. */
export interface BootMore {
  version?: string;
  imageVersion?: string;
  spec?: BootstrapInputs['kubeadmConfigSpec'];
  /** Change the user data before they go onto the drive. */
  edit?: (userData: string) => string;
}

const NAME = { namespace: 'clusters', name: 'production' };
const ENDPOINT = { host: '10.0.0.100', port: 6443 };

/** A lab whose hardware is `speed` times faster than real. */
export async function makeLab(speed = 1000): Promise<Lab> {
  const network = makeNetwork(['10.0.']);
  const clock = makeClock(speed);
  const lines: string[] = [];
  const nodes: RunningNode[] = [];
  const secrets: Record<string, Record<string, string>> = {};
  const drives = new Map<string, Buffer>();
  const addresses = new Map<string, string>();
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
  const drive = async (name: string, role: Role, { version = 'v1.32.0', spec = {}, edit = (text) => text }: BootMore) => {
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
  };
  return {
    network,
    lines,
    secrets,
    token,
    boot: async (name, role, more = {}) => {
      const configDrive = drives.get(name) ?? (await drive(name, role, more));
      drives.set(name, configDrive);
      const ip = addresses.get(name) ?? `10.0.1.${10 + addresses.size}`;
      addresses.set(name, ip);
      const kubernetesVersion = more.imageVersion ?? more.version ?? 'v1.32.0';
      const image = { url: `https://images.example.com/${kubernetesVersion}`, kubernetesVersion };
      const node = bootNode({
        network,
        ip,
        image,
        configDrive,
        clock,
        seed: `lab/${name}`,
        log: (line) => lines.push(`${name}: ${line}`),
      });
      nodes.push(node);
      return node;
    },
    kubeconfig: async (proxyURL) => {
      const inputs = { cluster: NAME, endpoint: ENDPOINT, ca: 'production-ca', renewal: 0, ...(proxyURL ? { proxyURL } : {}) };
      return (await make('kubeconfig', inputs)).value!;
    },
    cluster: () => [...clustersOf(network).values()][0]!,
    close: () => {
      for (const node of nodes) node.stop();
      network.close();
    },
  };
}

function namesOf({ id, secret }: { id: string; secret: string }): Record<string, string> {
  return { 'token-id': id, 'token-secret': secret };
}

/** Looks until `holds`, at most ten seconds. */
export async function until(what: string, holds: () => unknown): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
