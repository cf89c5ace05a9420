import { describe, expect, it } from 'vitest';
import type { BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { createFleetWorld, type FleetWorld } from './fleet.ts';

async function hostsOf(world: FleetWorld): Promise<BareMetalHostObject[]> {
  const { items } = await world.store.list({ group: 'metal3.io', kind: 'BareMetalHost', namespace: 'metal3' });
  return items as BareMetalHostObject[];
}

describe('hosts in the world', () => {
  it.each([1, 2, 3])('all come to available, off and cleaned once, whatever fails on the way (seed %i)', async (seed) => {
    const world = await createFleetWorld({ seed, racks: 2, hostsPerRack: 3, failOneIn: seed === 1 ? 0 : 5 });
    await world.settle({
      horizonSeconds: 3 * 3600,
      until: async () => (await hostsOf(world)).every((host) => host.status?.provisioning?.state === 'available'),
    });
    const hosts = await hostsOf(world);
    expect(hosts.map((host) => host.status?.provisioning?.state)).toEqual(hosts.map(() => 'available'));
    await world.settle({ horizonSeconds: 600 });
    for (const host of hosts) {
      const server = world.hardware.serverOf(host);
      expect(server.deeds).toEqual(['clean erase_devices_metadata']);
      expect(server.on).toBe(false);
    }
  });
});
