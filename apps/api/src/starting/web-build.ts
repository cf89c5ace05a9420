/** Builds the console when its sources changed since the last build. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WATCHED = ['apps/web', 'packages/core/src/kinds', 'packages/core/src/registry', 'apps/api/src/trpc', 'package-lock.json'];
const LEFT_OUT = new Set(['.next', 'node_modules']);

/** Builds if stale; returns whether it did. Throws with the build's output when it fails. */
export function buildConsole(root: string): boolean {
  const digest = digestOf(root);
  const stamp = join(root, 'apps/web/.next/slipway-built');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false;
  const done = spawnSync('npm', ['run', 'build', '-w', 'apps/web'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (done.status !== 0) throw new Error(`the console does not build:\n${done.stdout}\n${done.stderr}`);
  mkdirSync(join(root, 'apps/web/.next'), { recursive: true });
  writeFileSync(stamp, digest);
  return true;
}

function digestOf(root: string): string {
  const hash = createHash('sha256');
  for (const place of WATCHED) add(join(root, place), hash);
  return hash.digest('hex');
}

function add(path: string, hash: ReturnType<typeof createHash>): void {
  if (!existsSync(path)) return;
  const entries = tryList(path);
  if (entries === null) {
    hash.update(path.split('/').at(-1) ?? '');
    hash.update(readFileSync(path));
    return;
  }
  for (const name of entries.sort()) if (!LEFT_OUT.has(name) && !name.endsWith('.test.ts')) add(join(path, name), hash);
}

function tryList(path: string): string[] | null {
  try {
    return readdirSync(path);
  } catch {
    return null;
  }
}
