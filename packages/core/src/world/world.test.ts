import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineKind, draft, type ObjectOf } from '../registry/define-kind.ts';
import { create, operation, ownedBy, remove, update } from '../runtime/actions.ts';
import { defineReconciler, type Reconciler } from '../runtime/define-reconciler.ts';
import type { OperationRunner } from '../runtime/execute.ts';
import { createWorld, type World } from './world.ts';

const Fleet = defineKind({
  group: 'test.slipway.dev',
  kind: 'Fleet',
  plural: 'fleets',
  scope: 'Namespaced',
  hub: 'v1',
  spec: z.object({ size: z.number() }),
  status: z.object({ ready: z.number().optional() }),
  statusSubresource: true,
  columns: [],
  description: 'So many boats.',
});
const Boat = defineKind({
  group: 'test.slipway.dev',
  kind: 'Boat',
  plural: 'boats',
  scope: 'Namespaced',
  hub: 'v1',
  spec: z.object({}),
  status: z.object({ afloat: z.boolean().optional() }),
  statusSubresource: true,
  columns: [],
  description: 'Is launched by one operation.',
});

const fleets = defineReconciler({
  name: 'fleets',
  for: Fleet,
  owns: [Boat],
  observe: async (reader, { namespace, name }) => {
    const fleet = await reader.get(Fleet, namespace, name);
    return fleet && { fleet, boats: await reader.owned(Boat, fleet.metadata.uid) };
  },
  plan: ({ fleet, boats }, env) => {
    const missing = fleet.spec.size - boats.length;
    const ready = boats.filter((boat) => boat.status?.afloat).length;
    return {
      because: ready === fleet.spec.size ? null : { sentence: 'Boats are being launched.', tone: 'waits' },
      actions: [
        ...Array.from({ length: Math.max(0, missing) }, () =>
          create(ownedBy(fleet, Boat, { name: `${fleet.metadata.name}-${env.suffix()}` }, {})),
        ),
        ...boats.slice(0, Math.max(0, -missing)).map((boat) => remove(boat)),
        update(fleet, (copy) => {
          copy.status = { ready };
        }),
      ],
    };
  },
});

const boats = defineReconciler({
  name: 'boats',
  for: Boat,
  observe: async (reader, { namespace, name }) => {
    const boat = await reader.get(Boat, namespace, name);
    return boat && { boat, operations: await reader.operations(boat.metadata.uid) };
  },
  plan: ({ boat, operations }) => {
    const id = `${boat.metadata.uid}/launch`;
    const launched = operations.some((known) => known.id === id && known.state === 'succeeded');
    if (!launched)
      return { because: null, actions: [operation(id, { kind: 'bmc.power', args: { on: true } })], wakeAfterSeconds: 60 };
    return {
      because: null,
      actions: [
        update(boat, (copy) => {
          copy.status = { afloat: true };
        }),
      ],
    };
  },
});

/** Launches a boat in ten seconds; one try in three fails. */
function slipway(launches: string[]): (world: World) => OperationRunner {
  return (world) => ({
    run: async (op) => {
      if (world.random() < 0.33) return { state: 'failed', code: 'Busy', message: 'the crane is taken', retryable: true };
      launches.push(op.subjectUid);
      return { state: 'running', handle: String(world.now().getTime() + 10_000) };
    },
    poll: async (op) =>
      world.now().getTime() >= Number(op.handle) ? { state: 'succeeded' } : { state: 'running', handle: op.handle ?? '' },
  });
}

async function boatsOf(world: World): Promise<ObjectOf<typeof Boat>[]> {
  const { items } = await world.store.list({ group: Boat.group, kind: Boat.kind });
  return items as ObjectOf<typeof Boat>[];
}

function makeWorld(seed: number, reconcilers: Reconciler[] = [fleets, boats], launches: string[] = []): World {
  return createWorld({ seed, reconcilers, runner: slipway(launches) });
}

describe('the world', () => {
  it.each([1, 2, 3, 4, 5])('comes to rest with every boat launched once, seed %i', async (seed) => {
    const launches: string[] = [];
    const world = makeWorld(seed, [fleets, boats], launches);
    await world.create(draft(Fleet, { name: 'red', namespace: 'default' }, { size: 4 }));
    await world.settle();
    await world.change(Fleet, 'default', 'red', (fleet) => {
      fleet.spec.size = 2;
    });
    await world.settle();
    const left = await boatsOf(world);
    expect(left.map((boat) => boat.status?.afloat)).toEqual([true, true]);
    expect(new Set(launches).size).toBe(launches.length);
    const before = world.transcript.length;
    await world.settle();
    expect(world.transcript.length).toBe(before);
  });

  it('does the same again with the same seed', async () => {
    const run = async () => {
      const world = makeWorld(7);
      await world.create(draft(Fleet, { name: 'red', namespace: 'default' }, { size: 3 }));
      await world.settle();
      return world.transcript;
    };
    expect(await run()).toEqual(await run());
  });

  it('refuses a plan that writes what its reconciler neither owns nor declares', async () => {
    const thief = defineReconciler({
      name: 'thieves',
      for: Boat,
      observe: async (reader) => ({ fleet: await reader.get(Fleet, 'default', 'red') }),
      plan: ({ fleet }) => ({
        because: null,
        actions: fleet
          ? [
              update(fleet, (copy) => {
                copy.spec.size = 9;
              }),
            ]
          : [],
      }),
    });
    const world = makeWorld(1, [fleets, boats, thief]);
    await world.create(draft(Fleet, { name: 'red', namespace: 'default' }, { size: 1 }));
    await expect(world.settle()).rejects.toThrow('reconciler thieves');
  });

  it('removes what a deleted owner leaves behind', async () => {
    const world = makeWorld(3);
    await world.create(draft(Fleet, { name: 'red', namespace: 'default' }, { size: 2 }));
    await world.settle();
    const fleet = await world.store.get({ group: Fleet.group, kind: 'Fleet', namespace: 'default', name: 'red' });
    if (fleet) await world.store.commit({ writes: [{ op: 'delete', was: fleet }] });
    await world.settle();
    expect(await boatsOf(world)).toEqual([]);
  });
});
