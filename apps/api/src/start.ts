/**
 * `npm start`: everything on one machine. Embedded Postgres (unless DATABASE_URL is set), migrations, API, worker, console, and
 * (unless --empty) the simulated datacentre as its own process, whose hosts are registered as an operator would register them.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureMasterKey } from '@slipway/core/store/cipher.ts';
import { migrate } from '@slipway/core/store/postgres/migrate.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { kubeClientFrom } from './starting/apply.ts';
import { endLeftovers, superviseIn } from './starting/children.ts';
import { keepPostgres } from './starting/keep-postgres.ts';
import { readStartOptions, type StartOptions } from './starting/options.ts';
import { assertPortsFree } from './starting/ports.ts';
import { registerSimulation, simulationCommand } from './starting/simulation.ts';
import { untilAnswers } from './starting/wait.ts';
import { buildConsole } from './starting/web-build.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
const began = Date.now();

/** Ends what has been started, the last first. */
const endings: (() => Promise<unknown>)[] = [];
let ending: Promise<never> | undefined;

/** Ends all that has been started so far, then this process. A second call waits for the first. */
function end(code: number): Promise<never> {
  const endAll = async (): Promise<never> => {
    // One at a time from the end: what is started while the others end is ended, too.
    for (let one = endings.pop(); one; one = endings.pop()) await one().catch((error: Error) => console.error(error.message));
    process.exit(code);
  };
  ending ??= endAll();
  return ending;
}

/** One line of progress with the time since the start. */
function say(line: string): void {
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

async function start(options: StartOptions): Promise<void> {
  const state = resolve(root, options.state);
  const { ports } = options;
  mkdirSync(state, { recursive: true, mode: 0o755 });
  if ((await endLeftovers(join(state, 'logs'))) > 0) say('processes of a start that was killed are ended');
  await assertPortsFree(options);

  const keyFile = options.masterKeyFile ?? join(state, 'master-key');
  if (options.databaseUrl && !options.masterKeyFile) {
    throw new Error(
      'DATABASE_URL is set, but SLIPWAY_MASTER_KEY_FILE is not: the key that seals Secrets is kept outside the database',
    );
  }
  await ensureMasterKey(keyFile);
  const startPostgres = () => startEmbeddedPostgres({ dir: join(state, 'postgres'), port: ports.postgres, log: () => undefined });
  const starting = options.databaseUrl
    ? Promise.resolve({ url: options.databaseUrl, stop: async () => undefined })
    : startPostgres();
  endings.push(() =>
    starting.then(
      ({ stop }) => stop(),
      () => undefined,
    ),
  );
  const postgres = await starting;
  if (!options.databaseUrl) endings.push(keepPostgres({ port: ports.postgres, start: startPostgres, say }));
  say(options.databaseUrl ? 'Postgres of DATABASE_URL' : `Postgres, embedded, on 127.0.0.1:${ports.postgres}`);
  const applied = await migrate(postgres.url);
  say(applied.length > 0 ? `${applied.length} migrations applied` : 'schema is current');

  const children = superviseIn(join(state, 'logs'));
  endings.push(() => children.stop(20_000));
  const kubeconfig = join(state, 'kubeconfig');
  const env = childEnvironment(options, state, postgres.url, keyFile);
  if (options.simulation) children.start({ name: 'sim', command: simulationCommand(root, options), env: {} });
  rmSync(kubeconfig, { force: true });
  children.start({ name: 'api', command: mainCommand('api', ports.metrics), env });
  for (let i = 1; i <= options.workers; i++) {
    children.start({
      name: i === 1 ? 'worker' : `worker-${i}`,
      command: mainCommand('worker', i === 1 ? ports.metrics + 1 : 0),
      env,
    });
  }
  void children.failed.then(async (name) => {
    console.error(
      `${name} does not stay up; the end of ${join(state, 'logs', `${name}.log`)}:\n${tail(join(state, 'logs', `${name}.log`))}`,
    );
    await end(1);
  });

  if (options.console && buildConsole(root)) say('console built');
  await untilAnswers(`http://127.0.0.1:${ports.metrics}/readyz`, 60_000);
  await untilAnswers(`http://127.0.0.1:${ports.metrics + 1}/readyz`, 60_000);
  say(`Kubernetes API on https://127.0.0.1:${ports.kube}`);
  if (options.console) {
    const web = { PORT: String(ports.console), SLIPWAY_HOST: '127.0.0.1', SLIPWAY_API_URL: `http://127.0.0.1:${ports.trpc}` };
    children.start({
      name: 'web',
      command: [process.execPath, join(root, 'apps/web/server.ts')],
      env: { ...web, NODE_ENV: 'production' },
    });
    await untilAnswers(`http://127.0.0.1:${ports.console}/healthz`, 60_000);
    say(`console on http://127.0.0.1:${ports.console}`);
  }
  if (options.simulation) say('registering hosts');
  if (options.simulation) say(await registerSimulation(root, options, kubeClientFrom(kubeconfig)));
  greet(options, state);
}

function mainCommand(role: string, metricsPort: number): string[] {
  return [process.execPath, join(root, 'apps/api/src/main.ts'), '--roles', role, '--metrics-port', String(metricsPort)];
}

function childEnvironment(
  { ports, powerPollSeconds, nodePollSeconds }: StartOptions,
  state: string,
  url: string,
  keyFile: string,
): Record<string, string> {
  return {
    DATABASE_URL: url,
    SLIPWAY_MASTER_KEY_FILE: keyFile,
    SLIPWAY_STATE: state,
    SLIPWAY_KUBE_PORT: String(ports.kube),
    SLIPWAY_TRPC_PORT: String(ports.trpc),
    SLIPWAY_MACHINE_PORT: String(ports.machines),
    ...(powerPollSeconds ? { SLIPWAY_POWER_POLL_SECONDS: powerPollSeconds } : {}),
    ...(nodePollSeconds ? { SLIPWAY_NODE_POLL_SECONDS: nodePollSeconds } : {}),
  };
}

function greet({ ports, console: hasConsole }: StartOptions, state: string): void {
  const password = join(state, 'admin-password');
  if (hasConsole) {
    console.log(`\n  Console   http://127.0.0.1:${ports.console}`);
    if (existsSync(password)) console.log(`  Log in    admin / ${readFileSync(password, 'utf8').trim()}`);
  }
  console.log(`  kubectl   export KUBECONFIG=${join(state, 'kubeconfig')}`);
  console.log(`  Logs      ${join(state, 'logs')}\n`);
  say('ready; Ctrl+C ends it');
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-15).join('\n') : 'no log';
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    say('ending');
    void end(0);
  });
}
try {
  await start(readStartOptions(process.argv.slice(2), process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}
