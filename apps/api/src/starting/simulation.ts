/** The simulated datacentre of a start: its process, and the registration of its sites, racks, images and hosts by the Kubernetes API. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { layoutOfHosts, makeLayout } from '@slipway/sim/layout.ts';
import { manifestsOf } from '@slipway/sim/manifests.ts';
import { parseAllDocuments } from 'yaml';
import type { KubeClient, Manifest } from './apply.ts';
import type { StartOptions } from './options.ts';

/** Objects applied at a time. */
const AT_ONCE = 8;
/** Field managers. */
const REGISTRATION = 'slipway-start';
const EXAMPLES = 'slipway-examples';
/** Says what earlier starts have applied: it lives where the objects live, so it goes when they go. */
const MARKER = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'slipway-start', namespace: 'default' } };

/** The command that runs the datacentre. Power and disks of its servers survive in the state folder. */
export function simulationCommand(root: string, { speed, seed, hosts, ports, state }: StartOptions): string[] {
  const size = hosts === undefined ? [] : ['--hosts', String(hosts)];
  const kept = ['--state', join(resolve(root, state), 'sim.json')];
  const settings = ['--speed', String(speed), '--seed', String(seed), '--port', String(ports.sim), ...kept, ...size];
  return [process.execPath, join(root, 'packages/sim/src/main.ts'), 'start', ...settings];
}

/**
 * Registers what is simulated, and the example cluster if wanted: once. A later start finds its marker and leaves everything to the
 * people who have worked with it since; only another layout or other ports are registered anew, and hosts that exist are left alone.
 * Returns one line for people.
 */
export async function registerSimulation(root: string, options: StartOptions, kube: KubeClient): Promise<string> {
  const { ports, hosts } = options;
  const layout = hosts === undefined ? makeLayout() : layoutOfHosts(hosts);
  const proxyURLs = Object.fromEntries(layout.sites.map((site, i) => [site.name, `http://127.0.0.1:${ports.sim + 1 + i}`]));
  const manifests = manifestsOf(layout, { machineURL: `https://127.0.0.1:${ports.machines}`, proxyURLs });
  await applyOnce(kube, manifests, options.examples ? () => exampleManifests(root) : undefined);
  const count = layout.sites.reduce((sum, site) => sum + site.racks.reduce((inSite, rack) => inSite + rack.servers.length, 0), 0);
  return `simulated datacentre: ${count} servers at ${layout.sites.length} sites, ${options.speed} times as fast as life`;
}

/** Applies what no earlier start has applied, and notes it. */
export async function applyOnce(
  kube: KubeClient,
  manifests: Manifest[],
  examples: (() => Manifest[]) | undefined,
): Promise<void> {
  const before = ((await kube.find(MARKER))?.data ?? {}) as { registered?: string; examples?: string };
  const registered = createHash('sha256').update(JSON.stringify(manifests)).digest('hex');
  if (before.registered !== registered) await register(kube, manifests);
  const wantsExamples = examples !== undefined && before.examples === undefined;
  if (wantsExamples) for (const manifest of examples()) await kube.apply(manifest, EXAMPLES);
  const data = { ...before, registered, ...(wantsExamples ? { examples: 'applied' } : {}) };
  if (wantsExamples || before.registered !== registered) await kube.apply({ ...MARKER, data }, REGISTRATION);
}

async function register(kube: KubeClient, manifests: Manifest[]): Promise<void> {
  const apply = (manifest: Manifest) => kube.apply(manifest, REGISTRATION);
  const of = (...kinds: string[]) => manifests.filter(({ kind }) => kinds.includes(kind));
  await each(
    manifests.filter(({ kind }) => kind !== 'Secret' && kind !== 'BareMetalHost'),
    apply,
  );
  await each(of('Secret'), apply);
  // Whether a host is on is for its machine to say since it was registered.
  await each(of('BareMetalHost'), async (host) => ((await kube.find(host)) ? undefined : apply(host)));
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

async function each(manifests: Manifest[], work: (manifest: Manifest) => Promise<void>): Promise<void> {
  const waiting = [...manifests];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
