import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { startDatacentre } from './datacentre.ts';
import { makeLayout } from './layout.ts';
import { until } from './node/lab.ts';
import { makeDrives } from './node/lab-drives.ts';
import { setPower } from './server.ts';
import { clustersOf } from './workload/cluster.ts';
import { resourceOf } from './workload/resources.ts';

const NODES = resourceOf('', 'nodes')!;
const NAMES = ['cp-1', 'w-1'];

it('a datacentre that starts again has its cluster as it was, and nobody touched a server', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sim-'));
  const layout = makeLayout({ sites: [{ name: 'one', racks: 1, serversPerRack: 3 }] });
  const options = { speed: 1000, layout, stateFile: path.join(folder, 'sim.json') };
  const { drive, token } = await makeDrives();
  let datacentre = await startDatacentre(options);
  const cluster = () => [...clustersOf(datacentre.networks.one!).values()][0];
  const nodes = () => cluster()?.objects.list(NODES, '') ?? [];
  const ready = () => nodes().filter((node) => node.status.conditions.at(-1).status === 'True');
  try {
    const boot = async (index: number, role: 'init' | 'join-worker') => {
      const server = datacentre.servers()[index]!;
      const configDrive = gzipSync(await drive(NAMES[index]!, role));
      server.disk = { imageUrl: 'https://images.example.com/x', kubernetesVersion: 'v1.32.0', configDrive, files: {} };
      setPower(server, true);
      await until(`${NAMES[index]} registers`, () => nodes().length > index);
    };
    await boot(0, 'init');
    tell(token('w-1'));
    await boot(1, 'join-worker');
    cluster()!.objects.create(resourceOf('apps', 'daemonsets')!, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kindnet', namespace: 'kube-system' },
    });
    await until('both are Ready', () => ready().length === 2);
    const uids = nodes().map((node) => node.metadata.uid);
    await datacentre.stop();

    datacentre = await startDatacentre(options);
    await until('both are Ready again', () => ready().length === 2);
    expect(nodes().map((node) => node.metadata.uid)).toEqual(uids);
    expect(datacentre.log.entries().map((entry) => entry.kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/power|erase|write/)]),
    );
    expect(datacentre.servers().map((server) => server.power)).toEqual(['On', 'On', 'Off']);
    // Nothing half-written lies about, and no one else may read the keys.
    expect(readdirSync(folder)).toEqual(['sim.json']);
    expect(statSync(options.stateFile).mode & 0o777).toBe(0o600);
  } finally {
    await datacentre.stop();
    rmSync(folder, { recursive: true });
  }

  function tell({ id, secret }: { id: string; secret: string }): void {
    const text = { 'token-id': id, 'token-secret': secret, 'usage-bootstrap-authentication': 'true' };
    const data = Object.fromEntries(Object.entries(text).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
    const metadata = { name: `bootstrap-token-${id}`, namespace: 'kube-system' };
    const type = 'bootstrap.kubernetes.io/token';
    cluster()!.objects.create(resourceOf('', 'secrets')!, { apiVersion: 'v1', kind: 'Secret', metadata, type, data });
  }
});
