import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS_DIR, migrate } from './migrate.ts';
import { createTestDatabase, dropTestDatabase, query } from './test-database.ts';

async function database(): Promise<string> {
  const url = await createTestDatabase();
  onTestFinished(() => dropTestDatabase(url));
  return url;
}

/** A copy of the migrations with one more. */
async function migrationsWith(sql: string): Promise<{ dir: string; name: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-migrations-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  cpSync(MIGRATIONS_DIR, dir, { recursive: true });
  const name = '99990101000000_more';
  await mkdir(join(dir, name));
  writeFileSync(join(dir, name, 'migration.sql'), sql);
  return { dir, name };
}

it('applies each migration once, in order, and fills the ledger as Prisma does', async () => {
  const url = await database();
  expect(await migrate(url)).toEqual([]);
  const rows = await query<{ migration_name: string; applied_steps_count: number; done: boolean; checksum: string }>(
    url,
    'select migration_name, applied_steps_count, finished_at is not null as done, checksum from _prisma_migrations order by 1',
  );
  const folders = (await readdir(MIGRATIONS_DIR, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  expect(rows.map((row) => row.migration_name)).toEqual(folders.map((entry) => entry.name).sort());
  for (const row of rows) {
    expect(row).toMatchObject({ applied_steps_count: 1, done: true });
    expect(row.checksum).toMatch(/^[0-9a-f]{64}$/);
  }
});

it('lets two runners at once apply a migration once', async () => {
  const url = await database();
  const { dir, name } = await migrationsWith('create table more (x int);');
  const applied = await Promise.all([migrate(url, dir), migrate(url, dir)]);
  expect(applied.flat()).toEqual([name]);
});

it('notices a migration that was edited after it had been applied', async () => {
  const url = await database();
  const { dir, name } = await migrationsWith('create table more (x int);');
  await migrate(url, dir);
  writeFileSync(join(dir, name, 'migration.sql'), 'create table more (x int, y int);');
  await expect(migrate(url, dir)).rejects.toThrow(`Migration ${name} was changed after it had been applied`);
});

it('leaves nothing of a migration that fails', async () => {
  const url = await database();
  const { dir, name } = await migrationsWith('create table more (x int); select no_such_function();');
  await expect(migrate(url, dir)).rejects.toThrow(`Migration ${name} failed and was rolled back`);
  expect(await query(url, `select to_regclass('more')::text as found`)).toEqual([{ found: null }]);
  expect(await query(url, 'select from _prisma_migrations where migration_name = $1', [name])).toEqual([]);
});
