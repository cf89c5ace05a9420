import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createTestDatabase, dropTestDatabase, query } from '@slipway/core/store/postgres/test-database.ts';
import { expect, it, onTestFinished } from 'vitest';

function run(url: string) {
  const env = { ...process.env, DATABASE_URL: url };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'migrate.ts')], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it('brings a database up to date, and says so when it is', async () => {
  const url = await createTestDatabase();
  onTestFinished(() => dropTestDatabase(url));
  await query(url, 'drop schema public cascade');
  await query(url, 'create schema public');
  expect(run(url)).toMatchObject({ status: 0, stdout: expect.stringContaining('Applied 20261123000000_store') });
  expect(run(url)).toMatchObject({ status: 0, stdout: 'The database is up to date.\n' });
});

it('says what is missing, and never shows the password', () => {
  expect(run('')).toMatchObject({ status: 2, stderr: expect.stringContaining('Set DATABASE_URL') });
  const refused = run('postgres://someone:secret-password@127.0.0.1:1/none');
  expect(refused.status).toBe(1);
  expect(refused.stdout + refused.stderr).not.toContain('secret-password');
});
