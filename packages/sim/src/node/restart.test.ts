import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isWritable } from '../workload/cluster.ts';
import { resourceOf } from '../workload/resources.ts';
import { installCni, tellToken } from '../workload/testing.ts';
import { type Lab, makeLab, until } from './lab.ts';
import { readControlPlane, readEtcd } from './node-disk.ts';

const NODES = resourceOf('', 'nodes')!;
const CONFIG_MAPS = resourceOf('', 'configmaps')!;
const CONTROL_PLANES = ['cp-1', 'cp-2', 'cp-3'];
const ALL = [...CONTROL_PLANES, 'w-1'];

let lab: Lab;
beforeEach(async () => {
  lab = await makeLab();
});
afterEach(() => lab.close());

const ready = (name: string) =>
  lab
    .cluster()
    ?.objects.get(NODES, '', name)
    ?.status.conditions.find((one: { type: string }) => one.type === 'Ready')?.status;
const areReady = (names: string[]) => names.every((name) => ready(name) === 'True');
const uids = () =>
  Object.values(lab.cluster().objects.saved().all)
    .flat()
    .map((object) => `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name} ${object.metadata.uid}`)
    .sort();
const members = () => lab.cluster().etcd.saved();
const kept = (name: string) => readEtcd(lab.disk(name));

/** Three control planes and a worker, all Ready, with an object of somebody's. */
async function grown() {
  await lab.boot('cp-1', 'init');
  await until('cp-1 registers', () => ready('cp-1'));
  for (const name of ALL.slice(1)) {
    tellToken(lab, name);
    await lab.boot(name, name.startsWith('cp') ? 'join-control-plane' : 'join-worker');
    await until(`${name} registers`, () => ready(name));
  }
  installCni(lab);
  await until('all are Ready', () => areReady(ALL));
  const metadata = { name: 'mine', namespace: 'default' };
  lab.cluster().objects.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'value' } });
}

describe('a restart of the simulator', () => {
  test.each(['stop', 'kill'] as const)('by %s: nodes, objects, members and certificates are as they were', async (how) => {
    await grown();
    const before = { uids: uids(), members: members(), files: CONTROL_PLANES.map((name) => readControlPlane(lab.disk(name))) };
    await until('disks hold everything', () =>
      CONTROL_PLANES.every((name) => kept(name)?.objects.version === lab.cluster().objects.version()),
    );
    const old = lab.cluster();
    await lab.restart(how);
    await until('the cluster is back', () => lab.cluster() && areReady(ALL));
    expect(lab.cluster() === old).toBe(false);
    expect(uids()).toEqual(before.uids);
    expect(members()).toEqual(before.members);
    expect(CONTROL_PLANES.map((name) => readControlPlane(lab.disk(name)))).toEqual(before.files);
    expect(lab.cluster().objects.get(CONFIG_MAPS, 'default', 'mine')?.data).toEqual({ key: 'value' });
    await until('somebody holds the endpoint', () => lab.cluster().vip);
    const { objects } = lab.cluster();
    expect(objects.since(5)).toBeUndefined();
  });

  test('without a majority of the members nothing comes back; with one it does, and who stays away is Unknown', async () => {
    await grown();
    await lab.restart('stop', ['cp-2', 'cp-3']);
    await until(
      'cp-1 has booted',
      () => lab.lines.filter((line) => line === 'cp-1: cloud-init: instance is known, nothing to do').length,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(lab.cluster()).toBeUndefined();
    await lab.boot('cp-3', 'join-control-plane');
    await until('the cluster is back', () => lab.cluster() && areReady(['cp-1', 'cp-3', 'w-1']));
    await until('cp-2 is missed', () => ready('cp-2') === 'Unknown');
    await lab.boot('cp-2', 'join-control-plane');
    await until('cp-2 is back', () => ready('cp-2') === 'True');
    expect(isWritable(lab.cluster())).toBe(true);
  });

  test('a member that was away does not bring the past back', async () => {
    await grown();
    await lab.restart('stop', ['cp-1']);
    await until('the cluster is back', () => lab.cluster() && areReady(ALL.slice(1)));
    lab.cluster().objects.remove(CONFIG_MAPS, 'default', 'mine');
    lab.cluster().etcd.remove(lab.cluster().etcd.byName('cp-3')!.id);
    await lab.restart('stop');
    await lab.boot('cp-1', 'init');
    await until('the cluster is back', () => lab.cluster() && areReady(['cp-1', 'cp-2', 'w-1']));
    expect(lab.cluster().objects.get(CONFIG_MAPS, 'default', 'mine')).toBeUndefined();
    expect(lab.cluster().etcd.members()).toMatchObject([{ name: 'cp-1' }, { name: 'cp-2' }]);
  });

  test('a failed kubeadm is not run again', async () => {
    await lab.boot('cp-1', 'init', { version: 'v1.33.0', imageVersion: 'v1.32.0' });
    const failures = () => lab.lines.filter((line) => line.includes('error execution phase')).length;
    await until('kubeadm fails', () => failures() > 0);
    await lab.restart('stop');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(failures()).toBe(1);
  });
});

test('many changes are few writes', async () => {
  await grown();
  const { objects, controlPlanes } = lab.cluster();
  let writes = 0;
  controlPlanes.get('cp-1')!.keep = () => void writes++;
  for (let i = 0; i < 200; i++) {
    const metadata = { name: `many-${i}`, namespace: 'default' };
    objects.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const began = Date.now();
  await until('cp-2 holds them', () => kept('cp-2')?.objects.version === objects.version());
  expect(writes).toBeLessThanOrEqual(3 + (Date.now() - began) / 1000);
});
