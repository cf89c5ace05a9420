/** A small datacentre for worlds: one site, racks of hosts with credentials, images, the claim policy; metal and clusters behind it. */
import { RECONCILERS } from '../reconcilers.ts';
import type { OperationRunner } from '../runtime/execute.ts';
import type { Limits } from '../runtime/limits.ts';
import type { Operation } from '../store/store.ts';
import { createHardware, type Hardware } from './hardware.ts';
import { createWorkloads, type Workloads } from './workload.ts';
import { createWorld, type World } from './world.ts';

/** A world with metal. */
export interface FleetWorld extends World {
  hardware: Hardware;
  workloads: Workloads;
}

/** How large, and with which seed. */
export interface FleetOptions {
  seed: number;
  racks: number;
  hostsPerRack: number;
  limits?: Partial<Limits>;
  invariants?: ((world: World) => Promise<void>)[];
  /** One operation in so many fails once with a retryable error; 0 = none. */
  failOneIn?: number;
}

const FAMILY = 'ubuntu-22.04-k8s';
const BASE = 'https://images.example.com/ubuntu-22.04-k8s';
const VERSIONS = ['v1.31.4', 'v1.32.0', 'v1.32.1', 'v1.33.0'];

/** URL of the world's image of a version. */
export function imageUrl(version: string): string {
  return version === 'v1.32.0' ? `${BASE}.qcow2` : `${BASE}-${version}.qcow2`;
}

/** Makes the world and registers its hosts: the first of each rack are `role=control-plane`, the last `role=spare`. */
export async function createFleetWorld(options: FleetOptions): Promise<FleetWorld> {
  let hardware: Hardware | undefined;
  let workloads: Workloads | undefined;
  const world = createWorld({
    seed: options.seed,
    reconcilers: RECONCILERS,
    limits: options.limits ?? {},
    invariants: options.invariants ?? [],
    ensureSecret: (made) => async (action) => {
      const ref = { group: '', kind: 'Secret', ...action.secret };
      if (await made.store.get(ref)) return;
      const { apiVersion, kind, metadata } = action.owner;
      const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }];
      const object = { apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret', data: { value: '' } };
      await made.store.commit({
        writes: [
          { op: 'create', object: { ...object, metadata: { ...action.secret, labels: action.labels ?? {}, ownerReferences } } },
        ],
      });
    },
    runner: (made): OperationRunner => {
      const clusters = createWorkloads(made, (url) => VERSIONS.find((version) => imageUrl(version) === url) ?? 'v0.0.0');
      const metal = createHardware(made, {
        booted: (host, server) => void clusters.booted(host, server),
        poweredOff: (host) => void clusters.poweredOff(host),
      });
      hardware = metal;
      workloads = clusters;
      const isMetal = ({ kind }: Operation) => kind.startsWith('bmc.') || kind.startsWith('agent.');
      return {
        run: async (operation, subject) => {
          if (options.failOneIn && made.random() < 1 / options.failOneIn) {
            return { state: 'failed', code: 'Busy', message: 'the world says no', retryable: true };
          }
          return isMetal(operation) ? metal.run(operation, subject) : clusters.run(operation);
        },
        poll: async (operation, subject) => (isMetal(operation) ? metal.poll(operation, subject) : clusters.run(operation)),
      };
    },
  });
  await register(world, options);
  if (!hardware || !workloads) throw new Error('the world was made without its runner');
  return Object.assign(world, { hardware, workloads });
}

async function register(world: World, { racks, hostsPerRack }: FleetOptions): Promise<void> {
  const fleet = 'fleet.slipway.dev/v1alpha1';
  for (const name of ['default', 'metal3', 'clusters'])
    await world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} });
  await world.create({
    apiVersion: fleet,
    kind: 'Site',
    metadata: { name: 'fra1' },
    spec: {
      bmc: { allowedNetworks: ['192.168.1.0/24'] },
      machineURL: 'https://192.0.2.250:6385',
      agentImage: { kernelURL: 'https://images.example.com/ipa.kernel', initrdURL: 'https://images.example.com/ipa.initrd' },
      cni: { configMapRef: { namespace: 'metal3', name: 'cni' } },
      kubeVip: { image: 'kube-vip:v0.8', interface: 'eno1' },
    },
  });
  await world.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cni', namespace: 'metal3' },
    ...{ data: { manifest: 'kind: DaemonSet' } },
  });
  for (const kubernetesVersion of VERSIONS) {
    const spec = {
      family: FAMILY,
      kubernetesVersion,
      url: imageUrl(kubernetesVersion),
      checksum: 'ab'.repeat(32),
      checksumType: 'sha256',
      format: 'qcow2',
    };
    await world.create({ apiVersion: fleet, kind: 'OSImage', metadata: { name: `${FAMILY}-${kubernetesVersion}` }, spec });
  }
  await world.create({
    apiVersion: 'metal3.io/v1alpha1',
    kind: 'HostDeployPolicy',
    metadata: { name: 'clusters', namespace: 'metal3' },
    spec: { hostClaimNamespaces: { names: ['clusters'] } },
  });
  for (let rack = 1; rack <= racks; rack++) {
    for (let slot = 0; slot < hostsPerRack; slot++) await registerHost(world, rack, slot, hostsPerRack);
  }
}

async function registerHost(world: World, rack: number, slot: number, perRack: number): Promise<void> {
  const name = `server-rack${rack}-u${10 + slot}`;
  const metadata = { name: `${name}-bmc`, namespace: 'metal3' };
  const data = { username: 'YWRtaW4=', password: 'c2VjcmV0' };
  await world.create({ apiVersion: 'v1', kind: 'Secret', metadata, ...{ type: 'Opaque', data } });
  const role = slot === 0 ? 'control-plane' : slot === perRack - 1 ? 'spare' : 'worker';
  const number = (rack - 1) * perRack + slot;
  await world.create({
    apiVersion: 'metal3.io/v1alpha1',
    kind: 'BareMetalHost',
    metadata: {
      name,
      namespace: 'metal3',
      labels: { role, 'fleet.slipway.dev/site': 'fra1', 'fleet.slipway.dev/rack': `rack${rack}` },
    },
    spec: {
      online: false,
      bootMACAddress: `aa:bb:cc:00:00:${number.toString(16).padStart(2, '0')}`,
      bmc: { address: `redfish-virtualmedia://192.168.1.${10 + number}/redfish/v1/Systems/1`, credentialsName: metadata.name },
    },
  });
}
