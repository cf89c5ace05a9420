/** vitest's globalSetup: gives the run a directory for its Postgres, which starts only if a test asks for it, and clears up after. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_DIR_VARIABLE } from './test-database.ts';

const PREFIX = 'slipway-test-postgres-';

/** Names the directory; the returned function stops the server and removes it. */
export default function setup(): () => void {
  clearLeftovers();
  const dir = join(tmpdir(), `${PREFIX}${process.pid}`);
  process.env[TEST_DIR_VARIABLE] = dir;
  return () => clear(dir);
}

/** Directories of runs that were killed. */
function clearLeftovers(): void {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length));
    if (pid && pid !== process.pid && !isAlive(pid)) clear(join(tmpdir(), name));
  }
}

function clear(dir: string): void {
  const file = join(dir, 'data', 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  // SIGQUIT = Postgres' immediate shutdown; nothing here is worth a clean one. Only a process that is a Postgres is told so.
  if (
    pid &&
    spawnSync('ps', ['-o', 'comm=', '-p', String(pid)])
      .stdout?.toString()
      .includes('postgres')
  )
    stop(pid);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function stop(pid: number): void {
  process.kill(pid, 'SIGQUIT');
  for (let i = 0; i < 50 && isAlive(pid); i++) spawnSync('sleep', ['0.05']);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
