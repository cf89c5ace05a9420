/** For tests: the three reconcilers of workers in a world where a Machine is a toy. */
import { draft, type ObjectOf } from '../../registry/define-kind.ts';
import { update } from '../../runtime/actions.ts';
import { defineReconciler } from '../../runtime/define-reconciler.ts';
import { createWorld, type World } from '../../world/world.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { machineHealthCheckReconciler } from '../machine-health-check/reconciler.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { machineSetReconciler } from '../machine-set/reconciler.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage } from '../os-image/kind.ts';
import { setConditions } from '../shared/conditions.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineDeployment } from './kind.ts';
import { machineDeploymentReconciler } from './reconciler.ts';
import { bounds } from './rollout.ts';

/** Where all is. */
export const NAMESPACE = 'clusters';
const SHA = 'a'.repeat(64);
const SECONDS_TO_NODE = 60;

/** A toy: a Machine becomes a node after a minute, and is gone half a minute after it is deleted. A name with "broken" never does. */
const toyMachines = defineReconciler({
  name: 'machines',
  for: Machine,
  observe: (reader, { namespace, name }) => reader.get(Machine, namespace, name),
  plan: (machine, env) => {
    const deleted = machine.metadata.deletionTimestamp;
    const since = (time: string) => (env.now.getTime() - Date.parse(time)) / 1000;
    if (deleted !== undefined) {
      if (since(deleted) < SECONDS_TO_NODE / 2) return { actions: [], because: null, wakeAfterSeconds: SECONDS_TO_NODE / 2 };
      return {
        actions: [
          update(machine, (copy) => {
            copy.metadata.finalizers = [];
          }),
        ],
        because: null,
      };
    }
    const age = since(machine.metadata.creationTimestamp);
    if (age < SECONDS_TO_NODE) return { actions: [], because: null, wakeAfterSeconds: SECONDS_TO_NODE - age };
    if (machine.status?.nodeRef || machine.metadata.annotations?.broken) return { actions: [], because: null };
    const well = ['Ready', 'Available'].map((type) => ({ type, status: 'True' as const, reason: type }));
    return {
      actions: [
        update(machine, (copy) => {
          copy.status = {
            ...copy.status,
            nodeRef: { name: machine.metadata.name },
            nodeInfo: { kubeletVersion: machine.spec.version ?? '' },
            conditions: setConditions(copy.status?.conditions, well, env.now),
          };
        }),
      ],
      because: null,
    };
  },
});

const reference = (apiGroup: string, kind: string) => ({ apiGroup, kind, name: 'workers' });
const BOOTSTRAP = reference('bootstrap.cluster.x-k8s.io', 'KubeadmConfigTemplate');
/** The workers' host template. */
export const INFRASTRUCTURE = reference('infrastructure.cluster.x-k8s.io', 'Metal3MachineTemplate');
const CONTROL_PLANE = { apiGroup: 'controlplane.cluster.x-k8s.io', kind: 'KubeadmControlPlane', name: 'cp' };

/** A deployment to begin with. */
export interface Setup {
  seed: number;
  replicas: number;
  maxSurge: number | string;
  maxUnavailable: number | string;
}

/** A world that is held to the bounds of its rollout from a time on. `seen` is called after each effect. */
export type Watched = World & { watch: { from: number; seen?: () => Promise<void> } };

/** A world with a cluster at v1.32.0 whose workers are up. */
export async function worldOf({ seed, replicas, maxSurge, maxUnavailable }: Setup): Promise<Watched> {
  const watch: Watched['watch'] = { from: Number.POSITIVE_INFINITY };
  const world = createWorld({
    seed,
    reconcilers: [machineSetReconciler, machineDeploymentReconciler, machineHealthCheckReconciler, toyMachines],
    runner: () => ({ run: async () => ({ state: 'succeeded' }), poll: async () => ({ state: 'succeeded' }) }),
    invariants: [(which) => within(which, watch.from), async () => watch.seen?.()],
  });
  const labels = { [LABELS.clusterName]: 'production' };
  const at = { namespace: NAMESPACE, labels };
  await world.create(draft(Cluster, { name: 'production', ...at }, { controlPlaneRef: CONTROL_PLANE }));
  await world.create(controlPlaneAt('v1.32.0'));
  await world.create(draft(KubeadmConfigTemplate, { name: 'workers', ...at }, { template: { spec: {} } }));
  const image = { url: 'https://images.example.com/a.qcow2', checksum: SHA, checksumType: 'sha256' as const };
  await world.create(draft(Metal3MachineTemplate, { name: 'workers', ...at }, { template: { spec: { image } } } as never));
  await world.create(osImage('v1.32.0', 'a'));
  await world.create(
    draft(
      MachineDeployment,
      { name: 'workers', ...at },
      {
        clusterName: 'production',
        replicas,
        selector: { matchLabels: labels },
        rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
        template: {
          metadata: { labels },
          spec: {
            clusterName: 'production',
            version: 'v1.32.0',
            bootstrap: { configRef: BOOTSTRAP },
            infrastructureRef: INFRASTRUCTURE,
          },
        },
      },
    ),
  );
  await world.settle();
  return Object.assign(world, { watch });
}

function controlPlaneAt(version: string, reached = version) {
  const spec = { version, replicas: 3, machineTemplate: { spec: { infrastructureRef: INFRASTRUCTURE } } };
  const labels = { [LABELS.clusterName]: 'production' };
  return { ...draft(KubeadmControlPlane, { name: 'cp', namespace: NAMESPACE, labels }, spec), status: { version: reached } };
}

/** An image of the family. */
export function osImage(kubernetesVersion: string, file: string) {
  const url = `https://images.example.com/${file}.qcow2`;
  return draft(
    OSImage,
    { name: file },
    { family: 'f', kubernetesVersion, url, checksum: SHA, checksumType: 'sha256', format: 'qcow2' },
  );
}

/** Never more servers than replicas + maxSurge, never fewer that serve than replicas − maxUnavailable (once they have been up). */
async function within(world: World, from: number): Promise<void> {
  const deployment = await deploymentIn(world);
  if (!deployment || world.now().getTime() < from) return;
  const machines = await machinesIn(world);
  const replicas = deployment.spec.replicas ?? 1;
  const { maxSurge, maxUnavailable } = bounds(replicas, deployment.spec.rollout?.strategy?.rollingUpdate);
  const serving = machines.filter((machine) => machine.metadata.deletionTimestamp === undefined && available(machine));
  if (machines.length > replicas + maxSurge)
    throw new Error(`${machines.length} machines, at most ${replicas + maxSurge} allowed`);
  if (serving.length < replicas - maxUnavailable)
    throw new Error(`${serving.length} serve, at least ${replicas - maxUnavailable} required`);
}

function available(machine: ObjectOf<typeof Machine>): boolean {
  return machine.status?.conditions?.some(({ type, status }) => type === 'Available' && status === 'True') ?? false;
}

/** The deployment as it is. */
export async function deploymentIn(world: World) {
  const ref = { group: MachineDeployment.group, kind: 'MachineDeployment', namespace: NAMESPACE, name: 'workers' };
  return (await world.store.get(ref)) as ObjectOf<typeof MachineDeployment> | null;
}

/** All objects of a kind. */
export async function listIn<K extends { group: string; kind: string }>(world: World, kind: K) {
  return (await world.store.list({ group: kind.group, kind: kind.kind, namespace: NAMESPACE })).items;
}
/** All Machines. */
export const machinesIn = async (world: World) => (await listIn(world, Machine)) as ObjectOf<typeof Machine>[];
/** All MachineSets. */
export const setsIn = async (world: World) => (await listIn(world, MachineSet)) as ObjectOf<typeof MachineSet>[];

/** Gives the deployment a version, and holds the world to its bounds from then on. */
export async function upgrade(world: Watched, version: string): Promise<void> {
  world.watch.from = 0;
  await world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
    object.spec.template.spec.version = version;
  });
  await world.settle({ horizonSeconds: 6 * 3600 });
}

/** Gives the control plane a version, and says which it has reached. */
export async function upgradeControlPlane(world: World, version: string, reached = version): Promise<void> {
  await world.change(KubeadmControlPlane, NAMESPACE, 'cp', (object) => {
    object.spec.version = version;
    object.status = { ...object.status, version: reached };
  });
}
