/** The simulated datacentre of a start: its process, and the registration of its sites, racks, images and hosts by the Kubernetes API. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOfHosts, makeLayout } from '@slipway/sim/layout.ts';
import { manifestsOf } from '@slipway/sim/manifests.ts';
import { parseAllDocuments } from 'yaml';
import type { KubeClient, Manifest } from './apply.ts';
import type { StartOptions } from './options.ts';

/** Objects applied at a time. */
const AT_ONCE = 8;

/** The command that runs the datacentre. */
export function simulationCommand(root: string, { speed, seed, hosts, ports }: StartOptions): string[] {
  const size = hosts === undefined ? [] : ['--hosts', String(hosts)];
  const settings = ['--speed', String(speed), '--seed', String(seed), '--port', String(ports.sim), ...size];
  return [process.execPath, join(root, 'packages/sim/src/main.ts'), 'start', ...settings];
}

/** Registers what is simulated, and the example cluster if wanted. Returns one line for people. */
export async function registerSimulation(root: string, options: StartOptions, kube: KubeClient): Promise<string> {
  const { ports, hosts } = options;
  const layout = hosts === undefined ? makeLayout() : layoutOfHosts(hosts);
  const proxyURLs = Object.fromEntries(layout.sites.map((site, i) => [site.name, `http://127.0.0.1:${ports.sim + 1 + i}`]));
  const manifests = manifestsOf(layout, { machineURL: `https://127.0.0.1:${ports.machines}`, proxyURLs });
  const first = manifests.filter(({ kind }) => kind !== 'Secret' && kind !== 'BareMetalHost');
  await applyAll(kube, first);
  await applyAll(
    kube,
    manifests.filter(({ kind }) => kind === 'Secret'),
  );
  await applyAll(
    kube,
    manifests.filter(({ kind }) => kind === 'BareMetalHost'),
  );
  if (options.examples) for (const manifest of exampleManifests(root)) await kube.apply(manifest);
  const count = layout.sites.reduce((sum, site) => sum + site.racks.reduce((inSite, rack) => inSite + rack.servers.length, 0), 0);
  return `simulated datacentre: ${count} servers at ${layout.sites.length} sites, ${options.speed} times as fast as life`;
}

/** The manifests of examples/production, in the order of their files. */
function exampleManifests(root: string): Manifest[] {
  const folder = join(root, 'examples/production');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((document) => document.toJS() as Manifest),
  );
}

async function applyAll(kube: KubeClient, manifests: Manifest[]): Promise<void> {
  const waiting = [...manifests];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await kube.apply(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
