/** The spine in the world: a cluster comes up on metal, grows, is upgraded, loses a control plane, and goes. */
import { expect, test } from 'vitest';
import type { AnyKind, ObjectOf } from '../../registry/define-kind.ts';
import { createFleetWorld, type FleetWorld, imageUrl } from '../../world/fleet.ts';
import { BareMetalHost, type BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { conditionIs, conditionOf } from '../shared/conditions.ts';
import { Cluster } from './kind.ts';

const ref = (apiGroup: string, kind: string, name: string) => ({ apiGroup, kind, name });
const CORE = 'cluster.x-k8s.io';
const INFRA = 'infrastructure.cluster.x-k8s.io';
const BOOTSTRAP = 'bootstrap.cluster.x-k8s.io';
const CONTROL = 'controlplane.cluster.x-k8s.io';

async function all<K extends AnyKind>(world: FleetWorld, kind: K): Promise<ObjectOf<K>[]> {
  return (await world.store.list({ group: kind.group, kind: kind.kind })).items as ObjectOf<K>[];
}

async function template(world: FleetWorld, name: string, role: string, checksum: string) {
  const image = { url: imageUrl('v1.32.0'), checksum, checksumType: 'sha256', diskFormat: 'qcow2' };
  const spec = { template: { spec: { image, hostSelector: { matchLabels: { role } } } } };
  await world.create({
    apiVersion: `${INFRA}/v1beta2`,
    kind: 'Metal3MachineTemplate',
    metadata: { name, namespace: 'clusters' },
    spec,
  });
}

const SUM = 'ab'.repeat(32);

async function production(world: FleetWorld, controlPlanes: number, workers: number, checksum = SUM, name = 'production') {
  const version = 'v1.32.0';
  const metadata = { name, namespace: 'clusters' };
  await world.create({
    apiVersion: `${CORE}/v1beta2`,
    kind: 'Cluster',
    metadata,
    spec: {
      controlPlaneRef: ref(CONTROL, 'KubeadmControlPlane', `${name}-cp`),
      infrastructureRef: ref(INFRA, 'Metal3Cluster', name),
    },
  });
  await world.create({
    apiVersion: `${INFRA}/v1beta2`,
    kind: 'Metal3Cluster',
    metadata,
    spec: { controlPlaneEndpoint: { host: '10.0.0.100', port: 6443 } },
  });
  await template(world, `${name}-cp`, 'control-plane', checksum);
  await template(world, `${name}-workers`, 'worker', checksum);
  await world.create({
    apiVersion: `${CONTROL}/v1beta2`,
    kind: 'KubeadmControlPlane',
    metadata: { name: `${name}-cp`, namespace: 'clusters' },
    spec: {
      replicas: controlPlanes,
      version,
      machineTemplate: { spec: { infrastructureRef: ref(INFRA, 'Metal3MachineTemplate', `${name}-cp`) } },
      kubeadmConfigSpec: {},
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    },
  });
  await world.create({
    apiVersion: `${BOOTSTRAP}/v1beta2`,
    kind: 'KubeadmConfigTemplate',
    metadata: { name: `${name}-workers`, namespace: 'clusters' },
    spec: { template: { spec: { joinConfiguration: {} } } },
  });
  const labels = { 'cluster.x-k8s.io/cluster-name': name };
  await world.create({
    apiVersion: `${CORE}/v1beta2`,
    kind: 'MachineDeployment',
    metadata: { name: `${name}-workers`, namespace: 'clusters', labels },
    spec: {
      clusterName: name,
      replicas: workers,
      selector: { matchLabels: labels },
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      template: {
        metadata: { labels },
        spec: {
          clusterName: name,
          version,
          bootstrap: { configRef: ref(BOOTSTRAP, 'KubeadmConfigTemplate', `${name}-workers`) },
          infrastructureRef: ref(INFRA, 'Metal3MachineTemplate', `${name}-workers`),
        },
      },
    },
  });
}

async function cluster(world: FleetWorld) {
  return (await all(world, Cluster))[0];
}

const isAvailable = (world: FleetWorld) => async () => conditionIs(await cluster(world), 'Available');

/** No host ever has two machines, and no machine two hosts. */
async function oneEach(world: { store: FleetWorld['store'] }): Promise<void> {
  const { items } = await world.store.list({ group: BareMetalHost.group, kind: BareMetalHost.kind });
  const consumers = (items as BareMetalHostObject[]).flatMap((host) => host.spec.consumerRef?.name ?? []);
  expect(new Set(consumers).size).toBe(consumers.length);
}

async function up(seed: number, controlPlanes: number, workers: number, failOneIn = 0) {
  const world = await createFleetWorld({ seed, racks: 5, hostsPerRack: 3, invariants: [oneEach], failOneIn });
  await production(world, controlPlanes, workers);
  await world.settle({ horizonSeconds: 4 * 3600, until: isAvailable(world) });
  await world.settle({ horizonSeconds: 900 });
  return world;
}

async function why(world: FleetWorld): Promise<string> {
  const lines: string[] = [];
  for (const kind of [Cluster, KubeadmControlPlane, Machine, Metal3Machine] as AnyKind[]) {
    for (const object of await all(world, kind)) {
      const seen = await world.store.observations(
        `${kind.group}/${kind.kind}/${object.metadata.namespace}/${object.metadata.name}`,
      );
      const because = seen.find(({ source }) => source === 'because')?.data as { sentence: string } | null | undefined;
      if (because) lines.push(`${kind.kind} ${object.metadata.name}: ${because.sentence}`);
    }
  }
  return lines.join('\n');
}

test.each([1, 2])('1 + 1 comes up (seed %i)', async (seed) => {
  const world = await up(seed, 1, 1);
  expect(await why(world)).toBe('');
  expect(conditionOf(await cluster(world), 'Ready')?.status).toBe('True');
  expect((await all(world, Machine)).map((machine) => machine.status?.phase)).toEqual(['Running', 'Running']);
});

test('3 + 3 comes up over racks, is upgraded with etcd members removed first, and goes', async () => {
  const world = await up(3, 3, 3);
  expect(await why(world)).toBe('');
  const racks = (machines: ObjectOf<typeof Machine>[]) =>
    machines
      .filter((machine) => 'cluster.x-k8s.io/control-plane' in (machine.metadata.labels ?? {}))
      .map((machine) => machine.status?.failureDomain);
  expect(new Set(racks(await all(world, Machine))).size).toBe(3);

  await world.change(KubeadmControlPlane, 'clusters', 'production-cp', (controlPlane) => {
    controlPlane.spec.version = 'v1.32.1';
  });
  await world.settle({ horizonSeconds: 6 * 3600 });
  expect(await why(world)).toBe('');
  const rolled = await all(world, Machine);
  const masters = rolled.filter((machine) => 'cluster.x-k8s.io/control-plane' in (machine.metadata.labels ?? {}));
  expect(masters.map((machine) => machine.status?.nodeInfo?.kubeletVersion)).toEqual(['v1.32.1', 'v1.32.1', 'v1.32.1']);
  expect(new Set(racks(rolled)).size).toBe(3);
  expect(world.transcript.filter((line) => line.includes('etcd.removeMember'))).toHaveLength(3);

  await world.change(KubeadmControlPlane, 'clusters', 'production-cp', (controlPlane) => {
    controlPlane.spec.version = 'v1.34.9';
  });
  await world.settle({ horizonSeconds: 1800 });
  expect(await all(world, Machine)).toHaveLength(6);
  expect(await why(world)).toContain('no OSImage of family ubuntu-22.04-k8s holds v1.34.9');

  const going = (await cluster(world))!;
  await world.store.commit({ writes: [{ op: 'delete', was: going }] });
  await world.settle({ horizonSeconds: 4 * 3600 });
  expect(await all(world, Cluster)).toEqual([]);
  expect(await all(world, Machine)).toEqual([]);
  const hosts = await all(world, BareMetalHost);
  expect(new Set(hosts.map((host) => `${host.status?.provisioning?.state} ${host.spec.consumerRef?.name}`))).toEqual(
    new Set(['available undefined']),
  );
}, 60_000);

async function masters(world: FleetWorld) {
  return (await all(world, Machine)).filter((machine) => 'cluster.x-k8s.io/control-plane' in (machine.metadata.labels ?? {}));
}

async function scaleTo(world: FleetWorld, replicas: number) {
  await world.change(KubeadmControlPlane, 'clusters', 'production-cp', (controlPlane) => {
    controlPlane.spec.replicas = replicas;
  });
  await world.settle({ horizonSeconds: 6 * 3600 });
  expect(await why(world)).toBe('');
}

test('the control plane grows to five racks and shrinks again, one machine at a time', async () => {
  const world = await up(4, 3, 1);
  await scaleTo(world, 5);
  expect(new Set((await masters(world)).map((machine) => machine.status?.failureDomain)).size).toBe(5);
  await scaleTo(world, 1);
  expect(await masters(world)).toHaveLength(1);
  expect(world.transcript.filter((line) => line.includes('etcd.removeMember'))).toHaveLength(4);
}, 60_000);

test('a control plane that a health check gives up is replaced; what fails on the way is tried again', async () => {
  const world = await up(5, 3, 1, 6);
  const sick = (await masters(world))[0]!;
  const at = { lastTransitionTime: world.now().toISOString(), reason: 'UnhealthyNode', message: '' };
  await world.change(Machine, 'clusters', sick.metadata.name, (machine) => {
    machine.status!.conditions!.push(
      { type: 'HealthCheckSucceeded', status: 'False', ...at },
      { type: 'OwnerRemediated', status: 'False', ...at },
    );
  });
  await world.settle({ horizonSeconds: 6 * 3600 });
  expect(await why(world)).toBe('');
  const now = await masters(world);
  expect(now).toHaveLength(3);
  expect(now.map((machine) => machine.metadata.name)).not.toContain(sick.metadata.name);
  const replacement = now.find((machine) => machine.metadata.annotations?.['controlplane.cluster.x-k8s.io/remediation-for']);
  expect(replacement?.metadata.annotations?.['controlplane.cluster.x-k8s.io/remediation-for']).toContain(sick.metadata.name);
}, 60_000);

test("the seed's placeholder stops everything before a host is touched, each object says so, and mending it heals", async () => {
  const world = await createFleetWorld({ seed: 6, racks: 2, hostsPerRack: 3 });
  await production(world, 1, 1, 'sha256:abc123...');
  await world.settle({ horizonSeconds: 3600 });
  const said = await why(world);
  expect(said).toContain(
    'KubeadmControlPlane production-cp: Metal3MachineTemplate production-cp: image.checksum "sha256:abc123..." is a placeholder',
  );
  expect(said).toContain('image.checksum "sha256:abc123..." is a placeholder');
  expect((await all(world, BareMetalHost)).every((host) => host.spec.consumerRef === undefined)).toBe(true);
  for (const name of ['production-cp', 'production-workers']) {
    await world.change(Metal3MachineTemplate, 'clusters', name, (object) => {
      object.spec.template.spec.image!.checksum = SUM;
    });
  }
  await world.settle({ horizonSeconds: 4 * 3600, until: isAvailable(world) });
  await world.settle({ horizonSeconds: 900 });
  expect(await why(world)).toBe('');
}, 60_000);

test('without a fitting host a machine waits with the reason for each host, and takes one that becomes free', async () => {
  const world = await createFleetWorld({ seed: 7, racks: 1, hostsPerRack: 2 });
  await production(world, 1, 1);
  await world.settle({ horizonSeconds: 3600 });
  const waiting = await why(world);
  expect(waiting).toContain('No host is suitable: 2 labels do not match the host selector (server-rack1-u10, server-rack1-u11)');
  await world.change(BareMetalHost, 'metal3', 'server-rack1-u11', (host) => {
    host.metadata.labels = { ...host.metadata.labels, role: 'worker' };
  });
  await world.settle({ horizonSeconds: 4 * 3600, until: isAvailable(world) });
  await world.settle({ horizonSeconds: 900 });
  expect(await why(world)).toBe('');
}, 60_000);

test('two clusters never share an endpoint or a host', async () => {
  const world = await createFleetWorld({ seed: 8, racks: 4, hostsPerRack: 3, invariants: [oneEach] });
  await production(world, 1, 2);
  await production(world, 1, 2, SUM, 'staging');
  await world.settle({ horizonSeconds: 1800 });
  expect(await why(world)).toContain(
    'Cluster staging: Metal3Cluster staging: Endpoint 10.0.0.100:6443 of site fra1 is held by Metal3Cluster clusters/production',
  );
  await world.change(Metal3Cluster, 'clusters', 'staging', (object) => {
    object.spec.controlPlaneEndpoint = { host: '10.0.0.101', port: 6443 };
  });
  await world.settle({ horizonSeconds: 4 * 3600 });
  expect(await why(world)).toBe('');
  expect((await all(world, Cluster)).map((each) => conditionOf(each, 'Available')?.status)).toEqual(['True', 'True']);
}, 60_000);

test('one apply of both versions: the control plane rolls first, and neither part ever has fewer Ready nodes than wanted', async () => {
  const world = await up(9, 3, 3);
  const low = { masters: 3, workers: 3, early: 0 };
  const watch = setUpWatch(world, low);
  await world.change(KubeadmControlPlane, 'clusters', 'production-cp', (controlPlane) => {
    controlPlane.spec.version = 'v1.33.0';
  });
  await world.change(MachineDeployment, 'clusters', 'production-workers', (deployment) => {
    deployment.spec.template.spec.version = 'v1.33.0';
  });
  await world.settle({ horizonSeconds: 12 * 3600, until: watch });
  expect(await why(world)).toBe('');
  expect((await all(world, Machine)).map((machine) => machine.status?.nodeInfo?.kubeletVersion)).toEqual(
    Array(6).fill('v1.33.0'),
  );
  expect(low).toEqual({ masters: 3, workers: 3, early: 0 });
}, 60_000);

/** Called before each step of the world: notes the fewest Ready machines, and workers that are newer than the control plane. */
function setUpWatch(world: FleetWorld, low: { masters: number; workers: number; early: number }) {
  return async () => {
    const machines = await all(world, Machine);
    const isMaster = (machine: ObjectOf<typeof Machine>) => 'cluster.x-k8s.io/control-plane' in (machine.metadata.labels ?? {});
    const ready = machines.filter((machine) => conditionIs(machine, 'NodeReady'));
    low.masters = Math.min(low.masters, ready.filter(isMaster).length);
    low.workers = Math.min(low.workers, ready.filter((machine) => !isMaster(machine)).length);
    const behind = machines.some((machine) => isMaster(machine) && machine.spec.version !== 'v1.33.0');
    if (behind && machines.some((machine) => !isMaster(machine) && machine.spec.version === 'v1.33.0')) low.early++;
    return false;
  };
}
