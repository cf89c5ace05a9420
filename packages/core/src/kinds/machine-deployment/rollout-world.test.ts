import { describe, expect, it } from 'vitest';
import { deploymentIn, machinesIn, osImage, setsIn, upgrade, upgradeControlPlane, worldOf } from './test-world.ts';

const CASES: [number, number | string, number | string][] = [
  [3, 1, 0],
  [3, 0, 1],
  [6, 3, 1],
  [6, 1, 3],
  [6, 0, 10],
  [6, 10, 0],
  [12, '25%', '25%'],
  [1, 1, 0],
];

describe.each(CASES)('a rollout of %i with maxSurge %s and maxUnavailable %s', (replicas, maxSurge, maxUnavailable) => {
  it.each([1, 2, 3, 4])('keeps its bounds in any order (seed %i)', async (seed) => {
    const world = await worldOf({ seed: seed * 1000 + replicas, replicas, maxSurge, maxUnavailable });
    await world.create(osImage('v1.32.1', 'b'));
    await upgradeControlPlane(world, 'v1.32.1');
    await world.settle();
    await upgrade(world, 'v1.32.1');
    const machines = await machinesIn(world);
    expect(machines.map((machine) => machine.spec.version)).toEqual(Array(replicas).fill('v1.32.1'));
    expect(await setsIn(world)).toHaveLength(1);
    expect((await deploymentIn(world))?.status).toMatchObject({
      phase: 'Running',
      replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      upToDateReplicas: replicas,
      versions: [{ version: 'v1.32.1', replicas }],
    });
  });
});

describe('the steps of a rollout', () => {
  async function steps(replicas: number, maxSurge: number, maxUnavailable: number): Promise<string[]> {
    const world = await worldOf({ seed: 1, replicas, maxSurge, maxUnavailable });
    await world.create(osImage('v1.32.1', 'b'));
    await upgradeControlPlane(world, 'v1.32.1');
    await world.settle();
    const log: string[] = [];
    world.watch.seen = async () => {
      const machines = await machinesIn(world);
      const part = (version: string) => {
        const own = machines.filter((machine) => machine.spec.version === version);
        const ready = own.filter((machine) => machine.status?.nodeRef && machine.metadata.deletionTimestamp === undefined);
        return `${ready.length}/${own.length}`;
      };
      const line = `old ${part('v1.32.0')} new ${part('v1.32.1')}`;
      if (log.at(-1) !== line) log.push(line);
    };
    await upgrade(world, 'v1.32.1');
    return log;
  }

  it('are one more, then one less, with maxSurge 1', async () => {
    expect(await steps(3, 1, 0)).toMatchInlineSnapshot(`
      [
        "old 3/3 new 0/0",
        "old 3/3 new 0/1",
        "old 3/3 new 1/1",
        "old 2/3 new 1/1",
        "old 2/2 new 1/1",
        "old 2/2 new 1/2",
        "old 2/2 new 2/2",
        "old 1/2 new 2/2",
        "old 1/1 new 2/2",
        "old 1/1 new 2/3",
        "old 1/1 new 3/3",
        "old 0/1 new 3/3",
        "old 0/0 new 3/3",
      ]
    `);
  });

  it('are one less, then one more, with maxUnavailable 1', async () => {
    expect(await steps(3, 0, 1)).toMatchInlineSnapshot(`
      [
        "old 3/3 new 0/0",
        "old 2/3 new 0/0",
        "old 2/2 new 0/0",
        "old 2/2 new 0/1",
        "old 2/2 new 1/1",
        "old 1/2 new 1/1",
        "old 1/1 new 1/1",
        "old 1/1 new 1/2",
        "old 1/1 new 2/2",
        "old 0/1 new 2/2",
        "old 0/0 new 2/2",
        "old 0/0 new 2/3",
        "old 0/0 new 3/3",
      ]
    `);
  });
});
