import { describe, expect, it } from 'vitest';
import { draft } from '../../registry/define-kind.ts';
import { controllerOf } from '../../store/object.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineDeployment } from './kind.ts';
import {
  deploymentIn,
  INFRASTRUCTURE,
  listIn,
  machinesIn,
  NAMESPACE,
  osImage,
  type Setup,
  setsIn,
  upgrade,
  upgradeControlPlane,
  worldOf,
} from './test-world.ts';

describe('a deployment in the world', () => {
  const setup: Setup = { seed: 7, replicas: 3, maxSurge: 1, maxUnavailable: 0 };

  it('makes machines, configs and hosts of one name, with all labels and owners', async () => {
    const world = await worldOf(setup);
    const [machine] = await machinesIn(world);
    const [set] = await setsIn(world);
    expect(machine?.metadata.labels).toMatchObject({
      [LABELS.clusterName]: 'production',
      [LABELS.deploymentName]: 'workers',
      [LABELS.setName]: set?.metadata.name,
      [LABELS.templateHash]: set?.metadata.labels?.[LABELS.templateHash],
    });
    expect(controllerOf(machine!)?.uid).toBe(set?.metadata.uid);
    expect(controllerOf(set!)?.name).toBe('workers');
    const clones = [...(await listIn(world, Metal3Machine)), ...(await listIn(world, KubeadmConfig))];
    expect(clones.map((clone) => clone.metadata.name).sort()).toEqual(
      (await machinesIn(world)).flatMap(({ metadata }) => [metadata.name, metadata.name]).sort(),
    );
    expect(clones[0]?.metadata.annotations).toEqual({
      'cluster.x-k8s.io/cloned-from-name': 'workers',
      'cluster.x-k8s.io/cloned-from-groupkind': 'Metal3MachineTemplate.infrastructure.cluster.x-k8s.io',
    });
    expect(machine?.spec.infrastructureRef).toEqual({
      apiGroup: INFRASTRUCTURE.apiGroup,
      kind: 'Metal3Machine',
      name: machine?.metadata.name,
    });
  });

  it('does nothing more once it is as wanted', async () => {
    const world = await worldOf(setup);
    const before = (await world.store.head()).toString();
    await world.store.queue.wake(
      ['machinesets', 'machinedeployments'].map((reconciler) => ({
        reconciler,
        select: { group: Machine.group, kind: reconciler === 'machinesets' ? 'MachineSet' : 'MachineDeployment' },
      })),
    );
    await world.settle();
    expect((await world.store.head()).toString()).toBe(before);
  });

  it('waits for the control plane, and says so', async () => {
    const world = await worldOf(setup);
    await world.create(osImage('v1.33.0', 'c'));
    await upgradeControlPlane(world, 'v1.33.0', 'v1.32.0');
    await upgrade(world, 'v1.33.0');
    expect((await machinesIn(world)).map(({ spec }) => spec.version)).toEqual(Array(3).fill('v1.32.0'));
    const rolling = (await deploymentIn(world))?.status?.conditions?.find(({ type }) => type === 'RollingOut');
    expect(rolling?.message).toContain('Waits for KubeadmControlPlane cp to be at v1.33.0');
    await upgradeControlPlane(world, 'v1.33.0');
    await world.settle({ horizonSeconds: 6 * 3600 });
    expect((await machinesIn(world)).map(({ spec }) => spec.version)).toEqual(Array(3).fill('v1.33.0'));
  });

  it('touches no host for an image that does not exist', async () => {
    const world = await worldOf(setup);
    await upgradeControlPlane(world, 'v1.32.9');
    await upgrade(world, 'v1.32.9');
    expect(await setsIn(world)).toHaveLength(1);
    const rolling = (await deploymentIn(world))?.status?.conditions?.find(({ type }) => type === 'RollingOut');
    expect(rolling?.message).toContain('no OSImage of family f holds v1.32.9');
    await world.create(osImage('v1.32.9', 'd'));
    await world.settle({ horizonSeconds: 6 * 3600 });
    expect((await machinesIn(world)).map(({ spec }) => spec.version)).toEqual(Array(3).fill('v1.32.9'));
  });

  it('scales up and down, also while a rollout may not begin', async () => {
    const world = await worldOf(setup);
    await world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
      object.spec.template.spec.version = 'v1.33.0';
    });
    await world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
      object.spec.replicas = 5;
    });
    await world.settle();
    expect(await machinesIn(world)).toHaveLength(5);
    await world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
      object.spec.replicas = 0;
    });
    await world.settle();
    expect(await machinesIn(world)).toHaveLength(0);
  });

  it('neither counts nor takes control-plane machines, though its selector fits them', async () => {
    const world = await worldOf(setup);
    const labels = { [LABELS.clusterName]: 'production', [LABELS.controlPlane]: '' };
    const spec = { clusterName: 'production', bootstrap: { dataSecretName: 'x' }, infrastructureRef: INFRASTRUCTURE };
    await world.create(draft(Machine, { name: 'cp-1', namespace: NAMESPACE, labels }, spec));
    await world.create(
      draft(Machine, { name: 'stray', namespace: NAMESPACE, labels: { [LABELS.clusterName]: 'production' } }, spec),
    );
    await world.settle();
    expect((await deploymentIn(world))?.status?.replicas).toBe(3);
    expect((await machinesIn(world)).filter((machine) => !controllerOf(machine)).map(({ metadata }) => metadata.name)).toEqual([
      'cp-1',
      'stray',
    ]);
  });

  it('takes back an orphan that carries its own hash', async () => {
    const world = await worldOf(setup);
    const [machine] = await machinesIn(world);
    await world.change(Machine, NAMESPACE, machine!.metadata.name, (object) => {
      object.metadata.ownerReferences = [];
    });
    await world.settle();
    expect((await machinesIn(world)).filter((object) => !controllerOf(object))).toEqual([]);
    expect(await machinesIn(world)).toHaveLength(3);
  });

  it('changes labels and timeouts in place', async () => {
    const world = await worldOf(setup);
    const before = (await machinesIn(world)).map(({ metadata }) => metadata.uid).sort();
    await world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
      object.spec.template.metadata!.labels!.tier = 'gold';
      object.spec.template.spec.deletion = { nodeDrainTimeoutSeconds: 300 };
    });
    await world.settle();
    const machines = await machinesIn(world);
    expect(machines.map(({ metadata }) => metadata.uid).sort()).toEqual(before);
    expect(
      machines.every(
        (machine) => machine.metadata.labels?.tier === 'gold' && machine.spec.deletion?.nodeDrainTimeoutSeconds === 300,
      ),
    ).toBe(true);
    const clones = [...(await listIn(world, Metal3Machine)), ...(await listIn(world, KubeadmConfig))];
    expect(clones.every((clone) => clone.metadata.labels?.tier === 'gold')).toBe(true);
  });

  it('takes a label off again that its template has let go, and leaves those of people', async () => {
    const world = await worldOf(setup);
    const relabel = (tier: string | undefined) =>
      world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
        const labels = object.spec.template.metadata?.labels ?? {};
        delete labels.tier;
        object.spec.template.metadata = { labels: { ...labels, ...(tier ? { tier } : {}) } };
      });
    const tiers = async () => [
      ...new Set(
        [...(await machinesIn(world)), ...(await listIn(world, Metal3Machine))].map(({ metadata }) => metadata.labels?.tier),
      ),
    ];
    const [machine] = await machinesIn(world);
    await world.change(Machine, NAMESPACE, machine!.metadata.name, (object) => {
      object.metadata.labels = { ...object.metadata.labels, mine: 'yes' };
    });
    await relabel('gold');
    await world.settle();
    expect(await tiers()).toEqual(['gold']);
    await relabel(undefined);
    await world.settle();
    expect(await tiers()).toEqual([undefined]);
    expect((await machinesIn(world)).filter(({ metadata }) => metadata.labels?.mine === 'yes')).toHaveLength(1);
    await relabel('silver');
    await world.settle();
    expect(await tiers()).toEqual(['silver']);
  });

  it('goes with all that is its own', async () => {
    const world = await worldOf(setup);
    const deployment = await deploymentIn(world);
    await world.store.commit({ writes: [{ op: 'delete', was: deployment! }] });
    await world.settle();
    expect(await deploymentIn(world)).toBeNull();
    expect(await machinesIn(world)).toEqual([]);
    expect(await setsIn(world)).toEqual([]);
  });

  it('waits for a template that is missing, and names it', async () => {
    const world = await worldOf({ ...setup, replicas: 0 });
    const ref = { group: KubeadmConfigTemplate.group, kind: KubeadmConfigTemplate.kind, namespace: NAMESPACE, name: 'workers' };
    await world.store.commit({ writes: [{ op: 'delete', was: (await world.store.get(ref))! }] });
    await world.change(MachineDeployment, NAMESPACE, 'workers', (object) => {
      object.spec.replicas = 2;
    });
    await world.settle();
    expect(await machinesIn(world)).toEqual([]);
    const [set] = await setsIn(world);
    const scaling = set?.status?.conditions?.find(({ type }) => type === 'ScalingUp');
    expect(scaling?.message).toBe(
      'Scaling up from 0 to 2 replicas is blocked because:\n* KubeadmConfigTemplate workers does not exist',
    );
  });
});
