/** Settings of the API and worker processes: one flag and one environment variable each, checked at the door. */
import { parseArgs } from 'node:util';
import { AppError } from '@slipway/core/errors.ts';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65535);

/** Every setting: its environment variable, what it is, its default and its check. */
const SETTINGS = {
  roles: { env: 'SLIPWAY_ROLES', is: 'what this process does: api, worker or both', default: 'api,worker', check: z.string() },
  state: { env: 'SLIPWAY_STATE', is: 'folder of local state', default: '.slipway', check: z.string().min(1) },
  'database-url': { env: 'DATABASE_URL', is: 'Postgres to use', default: '', check: z.string() },
  'database-url-file': {
    env: 'SLIPWAY_DATABASE_URL_FILE',
    is: 'file that holds the URL of the Postgres',
    default: '',
    check: z.string(),
  },
  'master-key-file': { env: 'SLIPWAY_MASTER_KEY_FILE', is: 'file of the key that seals Secrets', default: '', check: z.string() },
  'kube-port': { env: 'SLIPWAY_KUBE_PORT', is: 'Kubernetes API (HTTPS)', default: '6443', check: port },
  'trpc-port': { env: 'SLIPWAY_TRPC_PORT', is: 'tRPC API (HTTP, for the console)', default: '4000', check: port },
  'machine-port': { env: 'SLIPWAY_MACHINE_PORT', is: 'agent endpoint (HTTPS)', default: '6385', check: port },
  'metrics-port': { env: 'SLIPWAY_METRICS_PORT', is: 'metrics and health (HTTP)', default: '9464', check: port },
  host: { env: 'SLIPWAY_HOST', is: 'address to listen on', default: '127.0.0.1', check: z.string().min(1) },
  names: { env: 'SLIPWAY_NAMES', is: 'further names for the serving certificates, by comma', default: '', check: z.string() },
  'trusted-proxies': {
    env: 'SLIPWAY_TRUSTED_PROXIES',
    is: 'addresses of console processes on other machines, by comma',
    default: '',
    check: z.string(),
  },
  concurrency: {
    env: 'SLIPWAY_CONCURRENCY',
    is: 'keys a worker runs at a time',
    default: '64',
    check: z.coerce.number().int().min(1).max(1000),
  },
  'power-poll-seconds': {
    env: 'SLIPWAY_POWER_POLL_SECONDS',
    is: 'how often a BMC is asked for its power',
    default: '60',
    check: z.coerce.number().min(0.1),
  },
  'node-poll-seconds': {
    env: 'SLIPWAY_NODE_POLL_SECONDS',
    is: 'how often a cluster is asked for its nodes',
    default: '10',
    check: z.coerce.number().min(0.1),
  },
} as const;

type Name = keyof typeof SETTINGS;

/** The settings of a process. */
export type Settings = { [N in Name]: z.output<(typeof SETTINGS)[N]['check']> };

/** Reads flags, then environment, then defaults. Throws `badRequest` naming the flag that is wrong. */
export function readSettings(args: string[], env: Record<string, string | undefined>): Settings {
  const names = Object.keys(SETTINGS) as Name[];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parse(args, options);
  const read = names.map((name) => {
    const setting = SETTINGS[name];
    const text = values[name] ?? env[setting.env] ?? setting.default;
    const checked = setting.check.safeParse(text);
    if (checked.success) return [name, checked.data];
    const why = checked.error.issues[0]?.message ?? 'not accepted';
    throw new AppError('badRequest', `--${name} (${setting.env}), ${setting.is}: "${text}" is not accepted: ${why}`);
  });
  return Object.fromEntries(read) as Settings;
}

function parse(args: string[], options: Record<string, { type: 'string' }>): { values: Record<string, string | undefined> } {
  try {
    return parseArgs({ args, options, strict: true }) as { values: Record<string, string | undefined> };
  } catch (cause) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new AppError('badRequest', `${(cause as Error).message}. Known flags: ${known.join(' ')}`, { cause });
  }
}
