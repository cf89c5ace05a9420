/** Ironic in one process, with its Redfish hardware type and nothing else: SQLite, no authentication, its API on a Unix socket. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ended, peerPython, withoutProxies } from './peer.ts';

/** What the API says of a node, as far as the tests look. */
export interface IronicNode {
  uuid: string;
  provision_state: string;
  power_state: string | null;
  last_error: string | null;
  properties: Record<string, unknown>;
}

/** A running Ironic. */
export interface Ironic {
  /** One request to its API. Rejects with what it said when that was an error. */
  api<T = unknown>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T>;
  /** Polls a node until it is as wanted; rejects with what it is instead and Ironic's own last error. */
  until(uuid: string, what: string, wanted: (node: IronicNode) => boolean): Promise<IronicNode>;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
}

/** Version of the API that shows the inventory of a node. */
const API_VERSION = '1.81';
const START_SECONDS = 40;
/** Ironic waits for the power in steps of seconds; the rest is for a slow machine. */
const STATE_SECONDS = 45;

/** Starts it; it reaches BMCs through `proxyURL`. */
export async function startIronic(proxyURL: string): Promise<Ironic> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-interop-ironic-'));
  const configuration = join(folder, 'ironic.conf');
  const socketPath = join(folder, 'api.sock');
  for (const name of ['http', 'images', 'master']) await mkdir(join(folder, name));
  await writeFile(configuration, configurationOf(folder, socketPath));
  const command = (name: string) => join(dirname(peerPython()), name);
  const env = { ...withoutProxies(), HTTPS_PROXY: proxyURL };
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await promisify(execFile)(command('ironic-dbsync'), ['--config-file', configuration, 'create_schema'], { env });
  } catch (error) {
    await remove();
    throw error;
  }
  const child = spawn(command('ironic'), ['--config-file', configuration], { stdio: 'ignore', env });
  const api: Ironic['api'] = (method, path, body) => request(socketPath, method, path, body);
  const ironic: Ironic = {
    api,
    until: (uuid, what, wanted) => untilNode(api, uuid, what, wanted),
    stop: async () => {
      await ended(child);
      await remove();
    },
  };
  try {
    await started(api, () => child.exitCode);
    return ironic;
  } catch (error) {
    const log = await readFile(join(folder, 'ironic.log'), 'utf8').catch(() => '');
    await ironic.stop();
    throw new Error(`Ironic did not start: ${(error as Error).message}. Its log ends:\n${log.slice(-4000)}`);
  }
}

function configurationOf(folder: string, socketPath: string): string {
  const sections: Record<string, Record<string, string | number>> = {
    DEFAULT: {
      auth_strategy: 'noauth',
      enabled_hardware_types: 'redfish',
      enabled_bios_interfaces: 'no-bios',
      enabled_boot_interfaces: 'redfish-virtual-media',
      enabled_console_interfaces: 'no-console',
      enabled_deploy_interfaces: 'direct',
      enabled_firmware_interfaces: 'no-firmware',
      enabled_inspect_interfaces: 'redfish',
      enabled_management_interfaces: 'redfish',
      enabled_network_interfaces: 'noop',
      enabled_power_interfaces: 'redfish',
      enabled_raid_interfaces: 'no-raid',
      enabled_rescue_interfaces: 'no-rescue',
      enabled_storage_interfaces: 'noop',
      enabled_vendor_interfaces: 'no-vendor',
      host: '127.0.0.1',
      my_ip: '127.0.0.1',
      rpc_transport: 'none',
      state_path: folder,
      log_file: join(folder, 'ironic.log'),
    },
    api: { unix_socket: socketPath, api_workers: 1 },
    database: { connection: `sqlite:///${join(folder, 'ironic.sqlite')}` },
    deploy: { http_root: join(folder, 'http'), http_url: 'http://127.0.0.1:1' },
    pxe: { images_path: join(folder, 'images'), instance_master_path: join(folder, 'master') },
    dhcp: { dhcp_provider: 'none' },
    oslo_concurrency: { lock_path: join(folder, 'lock') },
    oslo_policy: { enforce_scope: 'false' },
    // A BMC that fails must be seen to fail at once.
    redfish: { connection_attempts: 1, connection_retry_interval: 1 },
  };
  return Object.entries(sections)
    .map(([name, values]) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ''].join('\n'))
    .join('\n');
}

function request<T>(socketPath: string, method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-openstack-ironic-api-version': API_VERSION, 'content-type': 'application/json', connection: 'close' };
    const asked = http.request({ socketPath, method, path, headers, timeout: 30_000 }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString('utf8');
      if ((response.statusCode ?? 500) >= 400) return reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
      resolve((text ? JSON.parse(text) : undefined) as T);
    });
    asked.once('error', reject);
    asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Until the conductor has registered the Redfish hardware type. */
async function started(api: Ironic['api'], exitCode: () => number | null): Promise<void> {
  const limit = Date.now() + START_SECONDS * 1000;
  for (let last = 'no answer'; ; await sleep(200)) {
    if (exitCode() !== null) throw new Error(`it ended with status ${exitCode()}`);
    try {
      const { drivers } = await api<{ drivers: { name: string }[] }>('GET', '/v1/drivers');
      if (drivers.some(({ name }) => name === 'redfish')) return;
      last = 'it has no driver redfish yet';
    } catch (error) {
      last = (error as Error).message;
    }
    if (Date.now() > limit) throw new Error(`${last} after ${START_SECONDS} s`);
  }
}

async function untilNode(
  api: Ironic['api'],
  uuid: string,
  what: string,
  wanted: (node: IronicNode) => boolean,
): Promise<IronicNode> {
  const limit = Date.now() + STATE_SECONDS * 1000;
  for (;;) {
    const node = await api<IronicNode>('GET', `/v1/nodes/${uuid}`);
    if (wanted(node)) return node;
    if (Date.now() > limit) {
      const { provision_state: state, power_state: power, last_error: error } = node;
      throw new Error(`node ${uuid} was to be ${what} within ${STATE_SECONDS} s; it is ${state}, ${power}: ${error}`);
    }
    await sleep(200);
  }
}
