/** Flags of `npm start`. */
import { parseArgs } from 'node:util';
import { AppError } from '@slipway/core/errors.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Apply the example cluster. */
  examples: boolean;
  /** Start the simulated datacentre and register its hosts. */
  simulation: boolean;
  /** How much faster than life the simulated hardware is; 0 = no delays. */
  speed: number;
  seed: number;
  /** Folder of all local state. */
  state: string;
  databaseUrl: string | undefined;
  masterKeyFile: string | undefined;
  ports: Ports;
  /** Poll periods handed to the worker; undefined = its own. */
  powerPollSeconds: string | undefined;
  nodePollSeconds: string | undefined;
  /** Worker processes. */
  workers: number;
  /** Start the console. */
  console: boolean;
  /** A layout of the simulation for benches: number of hosts; undefined = the two example sites. */
  hosts: number | undefined;
}

/** Ports of everything that listens. */
export interface Ports {
  console: number;
  kube: number;
  trpc: number;
  machines: number;
  metrics: number;
  postgres: number;
  /** First of the ports of the simulated sites' proxies and its control API. */
  sim: number;
}

const PORTS: Record<keyof Ports, [flag: string, env: string, standard: number]> = {
  console: ['port', 'SLIPWAY_CONSOLE_PORT', 3000],
  kube: ['kube-port', 'SLIPWAY_KUBE_PORT', 6443],
  trpc: ['trpc-port', 'SLIPWAY_TRPC_PORT', 4000],
  machines: ['machine-port', 'SLIPWAY_MACHINE_PORT', 6385],
  metrics: ['metrics-port', 'SLIPWAY_METRICS_PORT', 9464],
  postgres: ['postgres-port', 'SLIPWAY_POSTGRES_PORT', 5433],
  sim: ['sim-port', 'SLIPWAY_SIM_PORT', 7400],
};

/** Reads the flags; environment next, then defaults. Throws `badRequest` with what is accepted. */
export function readStartOptions(args: string[], env: Record<string, string | undefined>): StartOptions {
  const text = { type: 'string' as const };
  const yes = { type: 'boolean' as const };
  const flags = Object.fromEntries(Object.values(PORTS).map(([flag]) => [flag, text]));
  const options = {
    'no-examples': yes,
    'no-console': yes,
    empty: yes,
    speed: text,
    seed: text,
    state: text,
    workers: text,
    hosts: text,
    'power-poll-seconds': text,
    'node-poll-seconds': text,
    ...flags,
  };
  const values = parse(args, options);
  const ports = Object.fromEntries(
    Object.entries(PORTS).map(([name, [flag, variable, standard]]) => [
      name,
      numberOf(`--${flag}`, values[flag] ?? env[variable] ?? String(standard), 65535),
    ]),
  ) as unknown as Ports;
  const simulation = values.empty !== true;
  return {
    simulation,
    examples: simulation && values['no-examples'] !== true,
    console: values['no-console'] !== true,
    speed: numberOf('--speed', values.speed ?? env.SLIPWAY_SPEED ?? '60', 100_000),
    seed: numberOf('--seed', values.seed ?? '1', 2 ** 31),
    workers: numberOf('--workers', values.workers ?? '1', 64),
    hosts: values.hosts === undefined ? undefined : numberOf('--hosts', values.hosts, 20_000),
    state: String(values.state ?? env.SLIPWAY_STATE ?? '.slipway'),
    databaseUrl: env.DATABASE_URL || undefined,
    masterKeyFile: env.SLIPWAY_MASTER_KEY_FILE || undefined,
    powerPollSeconds: stringOf(values['power-poll-seconds'] ?? env.SLIPWAY_POWER_POLL_SECONDS),
    nodePollSeconds: stringOf(values['node-poll-seconds'] ?? env.SLIPWAY_NODE_POLL_SECONDS),
    ports,
  };
}

function parse(
  args: string[],
  options: Record<string, { type: 'string' | 'boolean' }>,
): Record<string, string | boolean | undefined> {
  try {
    return parseArgs({ args, options, strict: true }).values as Record<string, string | boolean | undefined>;
  } catch (cause) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new AppError('badRequest', `${(cause as Error).message}. npm start knows: ${known.join(' ')}`, { cause });
  }
}

function numberOf(flag: string, text: string | boolean, most: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= most) return value;
  throw new AppError('badRequest', `${flag} must be a number from 0 to ${most}; "${text}" is not`);
}

function stringOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
