/**
 * Databases for tests: one bundled Postgres for a whole run of vitest, started when the first test asks for it, and a fresh
 * database for each store, cloned from a migrated template. test-setup.ts names the directory and stops the server at the end.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createCipher } from '../cipher.ts';
import type { StoreOptions } from '../store.ts';
import { migrate } from './migrate.ts';
import { runServer } from './server.ts';
import { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from './store.ts';

/** A store on a database of its own. */
export interface TestStore {
  store: PostgresStore;
  url: string;
  /** Closes the store and drops the database. */
  close(): Promise<void>;
}

/** The master key of tests. */
export const TEST_MASTER_KEY = Buffer.alloc(32, 7);

/** Environment variable with the run's directory, set by test-setup.ts. */
export const TEST_DIR_VARIABLE = 'SLIPWAY_TEST_POSTGRES';

/** Durability costs time and a test's data is worth nothing. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '100',
};
const START_MS = 60_000;

/** Opens a store on a fresh, migrated database. Slow once per run (about a second), then about 100 ms. */
export async function openTestStore(options: Partial<PostgresStoreOptions> = {}): Promise<TestStore> {
  const url = await createTestDatabase();
  const nothing: StoreOptions = { wakesOf: () => [], secretFields: () => [], newUid: () => randomUUID() };
  const store = await openPostgresStore({ ...nothing, cipher: createCipher(TEST_MASTER_KEY), poolSize: 6, ...options, url });
  return {
    store,
    url,
    async close() {
      await store.close();
      await dropTestDatabase(url);
    },
  };
}

/** Makes a migrated database; returns its URL. */
export async function createTestDatabase(): Promise<string> {
  const server = await testServer();
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await query(server, `create database ${name} template template_slipway`);
  return databaseUrl(server, name);
}

/** Drops a database of createTestDatabase, whoever is still connected. */
export async function dropTestDatabase(url: string): Promise<void> {
  await query(await testServer(), `drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
}

/** Runs one statement on a database. */
export async function query<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
  });
}

let running: Promise<string> | undefined;

/** URL of the run's server; starts it if no other test process has. */
function testServer(): Promise<string> {
  running ??= startOrJoin(process.env[TEST_DIR_VARIABLE] ?? join(tmpdir(), `slipway-test-postgres-${process.ppid}`));
  return running;
}

/** The first to make the lock directory starts the server; the others wait for the file with its URL. */
async function startOrJoin(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const ready = join(dir, 'url');
  const lock = join(dir, 'starting');
  const first = await mkdir(lock).then(
    () => true,
    () => false,
  );
  if (first) {
    try {
      await start(dir, ready);
    } catch (error) {
      await rm(lock, { recursive: true, force: true });
      throw error;
    }
  }
  const until = Date.now() + START_MS;
  while (!existsSync(ready)) {
    if (Date.now() > until) throw new Error(`no test Postgres came up in ${dir}; its log is postgres.log there`);
    if (!(await stat(lock).catch(() => null))) return startOrJoin(dir);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return readFile(ready, 'utf8');
}

async function start(dir: string, ready: string): Promise<void> {
  const { url } = await runServer({ dir, port: await freePort(), settings: SETTINGS, log: () => undefined });
  await query(url, 'create database template_slipway');
  await migrate(databaseUrl(url, 'template_slipway'));
  // In two steps, so that nobody reads half an URL.
  await writeFile(`${ready}.new`, url);
  await rename(`${ready}.new`, ready);
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
