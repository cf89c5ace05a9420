/**
 * Applies prisma/migrations as `prisma migrate deploy` would, without Prisma's engine: plain SQL, in order, each in a transaction.
 * It fills `_prisma_migrations` with Prisma's own columns and checksums, so that an operator may use either on the same folder.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { AppError } from '../../errors.ts';

/** prisma/migrations of this repository. */
export const MIGRATIONS_DIR = join(import.meta.dirname, '../../../../../prisma/migrations');

/** Prisma's own lock number for migrations (72707369): ours and Prisma's runner exclude each other. */
const LOCK = 72_707_369;
const LOCK_WAIT_MS = 60_000;

const LEDGER = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Brings a database up to date; returns the names of what was applied. Throws `internal` where an applied migration was edited. */
export async function migrate(url: string, directory = MIGRATIONS_DIR): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'slipway-migrate' });
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${LOCK_WAIT_MS}`);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(LEDGER);
    const applied = await ledger(client);
    const fresh: string[] = [];
    for (const migration of await readMigrations(directory)) {
      if (alreadyApplied(applied, migration)) continue;
      await apply(client, migration);
      fresh.push(migration.name);
    }
    return fresh;
  } finally {
    await client.end();
  }
}

async function ledger(client: pg.Client): Promise<Map<string, { checksum: string; finished: boolean }>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
  );
  return new Map(rows.map((row) => [row.migration_name, { checksum: row.checksum, finished: row.finished_at !== null }]));
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function alreadyApplied(applied: Map<string, { checksum: string; finished: boolean }>, { name, checksum }: Migration): boolean {
  const row = applied.get(name);
  if (!row) return false;
  if (!row.finished) {
    throw new AppError('internal', `Migration ${name} was begun by another tool and not finished. See prisma migrate resolve.`);
  }
  if (row.checksum !== checksum) {
    throw new AppError(
      'internal',
      `Migration ${name} was changed after it had been applied. Restore the file and add a new migration.`,
    );
  }
  return true;
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('internal', `Migration ${name} failed and was rolled back: ${why}`, { cause });
  }
}
