import { describe, expect, it } from 'vitest';
import { layoutOfHosts, makeLayout, serversOf } from './layout.ts';

const count = (values: string[]) =>
  Object.fromEntries([...new Set(values)].map((value) => [value, values.filter((each) => each === value).length]));

describe('layout', () => {
  it('is the datacentre of the issue', () => {
    const layout = makeLayout();
    const [fra1, fra2] = layout.sites;
    expect(fra1!.racks.map((rack) => rack.servers.length)).toEqual([12, 12, 12, 12]);
    expect(fra2!.racks.map((rack) => rack.servers.length)).toEqual([8, 8]);
    const inFra1 = serversOf(layout).filter((server) => server.site === 'fra1');
    expect(count(inFra1.map((server) => server.role))).toEqual({ 'control-plane': 6, worker: 30, spare: 12 });
    expect(count(inFra1.map((server) => server.vendor))).toEqual({ dell: 16, hpe: 16, supermicro: 16 });
    for (const rack of fra1!.racks) expect(rack.servers.some((server) => server.role === 'control-plane')).toBe(true);
  });

  it("contains the seed's own hosts, and nothing twice", () => {
    const servers = serversOf(makeLayout());
    expect(servers[0]).toMatchObject({
      name: 'server-rack1-u10',
      bmcAddress: '192.168.1.10',
      macs: ['aa:bb:cc:dd:ee:01', expect.any(String)],
    });
    expect(servers.some((server) => server.name === 'spare-01')).toBe(true);
    for (const field of ['name', 'bmcAddress', 'ip', 'uuid', 'serialNumber'] as const)
      expect(new Set(servers.map((server) => server[field])).size).toBe(servers.length);
    expect(new Set(servers.flatMap((server) => server.macs)).size).toBe(servers.length * 2);
    expect(makeLayout()).toEqual(makeLayout());
  });

  it('grows for benchmarks', () => {
    const servers = serversOf(layoutOfHosts(1010));
    expect(servers).toHaveLength(1010);
    expect(new Set(servers.map((server) => server.bmcAddress)).size).toBe(1010);
    expect(new Set(servers.map((server) => `${server.rack} ${server.unit}`)).size).toBe(1010);
  });
});
