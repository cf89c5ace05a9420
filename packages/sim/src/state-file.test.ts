import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { startDatacentre } from './datacentre.ts';
import { makeLayout } from './layout.ts';
import type { NodeHardware } from './node-contract.ts';
import { setPower } from './server.ts';

it('keeps power, disks and files of the operating system over a restart of the simulator', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sim-'));
  const booted: NodeHardware[] = [];
  const bootNode = (hardware: NodeHardware) => {
    booted.push(hardware);
    return { stop: () => undefined, fault: () => undefined };
  };
  const layout = makeLayout({ sites: [{ name: 'one', racks: 1, serversPerRack: 2 }] });
  const options = { speed: 0, layout, bootNode, stateFile: path.join(folder, 'sim.json') };
  const boots = async (count: number) => {
    for (const end = Date.now() + 5000; booted.length < count && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(booted).toHaveLength(count);
  };
  try {
    const first = await startDatacentre(options);
    const server = first.servers()[0]!;
    server.disk = {
      imageUrl: 'https://images.example.com/x',
      kubernetesVersion: 'v1.32.0',
      configDrive: gzipSync('drive'),
      files: {},
    };
    setPower(server, true);
    await boots(1);
    booted[0]!.disk!.write('joined', 'yes');
    await first.stop();

    const second = await startDatacentre(options);
    await boots(2);
    expect(booted[1]).toMatchObject({
      ip: server.spec.ip,
      image: { kubernetesVersion: 'v1.32.0' },
      configDrive: Buffer.from('drive'),
    });
    expect(booted[1]!.disk!.read('joined')).toBe('yes');
    expect(second.servers().map((each) => each.power)).toEqual(['On', 'Off']);
    expect(second.log.entries().some((entry) => entry.kind === 'power-on')).toBe(false);
    await second.stop();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
