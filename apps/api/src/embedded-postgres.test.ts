import { chmodSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query } from '@slipway/core/store/postgres/test-database.ts';
import { expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

async function directory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-embedded-'));
  chmodSync(dir, 0o755);
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const log = () => undefined;
const started = (url: string) => query<{ at: string }>(url, 'select pg_postmaster_start_time()::text as at');

it('starts once, is taken over while it runs, keeps its data, and stops', async () => {
  const dir = join(await directory(), 'postgres');
  const port = await freePort();
  const first = await startEmbeddedPostgres({ dir, port, log });
  await query(first.url, 'create table kept (x int)');
  const second = await startEmbeddedPostgres({ dir, port, log });
  expect(second.url).toBe(first.url);
  expect(await started(second.url)).toEqual(await started(first.url));
  const settings = await query(
    first.url,
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit') order by 1`,
  );
  expect(settings).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600);
  await first.stop();
  await second.stop();
  const third = await startEmbeddedPostgres({ dir, port: await freePort(), log });
  onTestFinished(() => third.stop());
  expect(await query(third.url, 'select * from kept')).toEqual([]);
});

it('says which port is taken', async () => {
  const dir = join(await directory(), 'postgres');
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  await expect(startEmbeddedPostgres({ dir, port, log })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
});

it('says which directory the user of Postgres may not enter', async () => {
  const closed = await directory();
  chmodSync(closed, 0o700);
  const dir = join(closed, 'deep', 'postgres');
  if (process.getuid?.() === 0) {
    await expect(startEmbeddedPostgres({ dir, port: await freePort(), log })).rejects.toThrow(`may not enter ${closed}`);
  } else {
    // Only root needs another user; everyone else runs Postgres as themselves.
    const server = await startEmbeddedPostgres({ dir, port: await freePort(), log });
    await server.stop();
  }
});
