/** `npm run sim -- …`: starts the simulated datacentre, and switches faults of a running one. */
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { type ServerView, startControl } from './control.ts';
import { startDatacentre } from './datacentre.ts';
import { DEFAULT_LAYOUT, type Layout, layoutOfHosts, makeLayout } from './layout.ts';
import type { LogEntry } from './log.ts';
import { manifestsOf } from './manifests.ts';

const USAGE = `The simulated datacentre.

  npm run sim -- start [--speed 60] [--seed 1] [--port 7400] [--sites fra1:4x12,fra2:2x8 | --hosts 1000]
                       [--state file] [--log]
  npm run sim -- manifests [--machine-url https://127.0.0.1:6385]   objects that register it, for kubectl apply -f -
  npm run sim -- fault <name> <server or rack> [on|off]
  npm run sim -- faults                                             faults there are, and those that are on
  npm run sim -- servers
  npm run sim -- log [server]

--port (or SLIPWAY_SIM_PORT) is the control API; the sites' proxies have the ports after it. --speed 0: no artificial delays.
--state: power and disks of the servers survive in this file.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    speed: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: process.env.SLIPWAY_SIM_PORT ?? '7400' },
    sites: { type: 'string' },
    hosts: { type: 'string' },
    state: { type: 'string' },
    'machine-url': { type: 'string', default: 'https://127.0.0.1:6385' },
    log: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const port = numberOf('--port', values.port);
const [command, ...words] = positionals;

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // What listens already would keep a failed start alive.
  process.exit(1);
}

async function run(): Promise<void> {
  switch (values.help ? undefined : command) {
    case 'start':
      return start();
    case 'manifests':
      return say(
        manifestsOf(layoutAsked(), { machineURL: values['machine-url'], proxyURLs: proxyURLs(layoutAsked()) })
          .map((each) => stringify(each))
          .join('---\n'),
      );
    case 'fault': {
      const [name, target, state = 'on'] = words;
      if (!name || !target || (state !== 'on' && state !== 'off'))
        throw new Error(`fault <name> <server or rack> [on|off]\n\n${USAGE}`);
      await control('POST', '/faults', { name, target, on: state === 'on' });
      return say(`${name} ${state} at ${target}\n`);
    }
    case 'faults': {
      const { known, on } = (await control('GET', '/faults')) as {
        known: Record<string, string>;
        on: { target: string; faults: string[] }[];
      };
      for (const [name, what] of Object.entries(known)) say(`${name.padEnd(18)} ${what}\n`);
      for (const each of on) say(`ON at ${each.target}: ${each.faults.join(', ')}\n`);
      return;
    }
    case 'servers':
      for (const each of (await control('GET', '/servers')) as ServerView[]) {
        say(
          `${each.name.padEnd(20)} ${each.site} ${each.rack} U${each.unit}`.padEnd(42) +
            `${each.vendor.padEnd(11)} ${each.power.padEnd(12)} ${each.phase} ${each.faults.join(',')}\n`,
        );
      }
      return;
    case 'log':
      for (const each of (await control('GET', `/log${words[0] ? `?host=${encodeURIComponent(words[0])}` : ''}`)) as LogEntry[])
        say(line(each));
      return;
    default:
      return say(USAGE);
  }
}

async function start(): Promise<void> {
  const layout = layoutAsked();
  const datacentre = await startDatacentre({
    seed: values.seed,
    speed: numberOf('--speed', values.speed),
    layout,
    firstProxyPort: port + 1,
    ...(values.state ? { stateFile: values.state } : {}),
    ...(values.log ? { onLog: (entry: LogEntry) => say(line(entry)) } : {}),
  });
  const api = await startControl(datacentre, port);
  const sites = layout.sites.map((site) => `${site.name} (${site.racks.length} racks) by ${datacentre.proxyURLs[site.name]}`);
  say(`simulated datacentre ready: ${datacentre.servers().length} servers; ${sites.join('; ')}; control on port ${api.port}\n`);
  const stop = () => {
    void Promise.all([datacentre.stop(), api.close()]).then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function layoutAsked(): Layout {
  if (values.hosts) return layoutOfHosts(numberOf('--hosts', values.hosts));
  if (!values.sites) return makeLayout();
  const sites = values.sites.split(',').map((text) => {
    const [, name, racks, perRack] = /^([a-z0-9-]+):(\d+)x(\d+)$/.exec(text) ?? [];
    if (!name) throw new Error(`--sites ${text}: expected name:<racks>x<servers per rack>, as fra1:4x12`);
    const known = DEFAULT_LAYOUT.sites.find(
      (site) => site.name === name && `${site.racks}x${site.serversPerRack}` === `${racks}x${perRack}`,
    );
    return known ?? { name, racks: Number(racks), serversPerRack: Number(perRack) };
  });
  return makeLayout({ sites });
}

function proxyURLs(layout: Layout): Record<string, string> {
  return Object.fromEntries(layout.sites.map((site, index) => [site.name, `http://127.0.0.1:${port + 1 + index}`]));
}

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch(() => {
    throw new Error(
      `no simulated datacentre answers on port ${port}: start one with npm run sim -- start, or name its port with --port`,
    );
  });
  const value = (await answer.json()) as { error?: string };
  if (!answer.ok) throw new Error(value.error ?? `HTTP ${answer.status}`);
  return value;
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${flag} ${text}: expected a number`);
  return value;
}

function line(entry: LogEntry): string {
  return `${entry.at} ${entry.host.padEnd(18)} ${entry.kind.padEnd(18)} ${entry.detail}\n`;
}

function say(text: string): void {
  process.stdout.write(text);
}
