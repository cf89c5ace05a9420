/** Python environments for peers that come as Python packages. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Path of a Python that has the packages of `requirements` (path of a pip requirements file, all pinned), in a virtual environment in
 * `cache`. Made anew when the file has changed. Throws with what to install if there is no Python ≥ 3.11 with venv.
 */
export function ensureVenv(cache: string, requirements: string): string {
  const folder = join(cache, 'venv');
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'installed');
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return python;
  rmSync(folder, { recursive: true, force: true });
  console.log(`Installing ${requirements} into a Python environment …`);
  run(pythonWithVenv(), ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements]);
  writeFileSync(stamp, digest);
  return python;
}

const USABLE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';

/** A Python that can make environments: one on the PATH, Debian's, else Debian's after installing its venv package. */
function pythonWithVenv(): string {
  const usable = () => ['python3', '/usr/bin/python3'].find((command) => spawnSync(command, ['-c', USABLE]).status === 0);
  const found = usable();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600'];
    spawnSync('apt-get', ['update', '-q'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    spawnSync('apt-get', ['install', ...options, 'python3', 'python3-venv'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    const installed = usable();
    if (installed) return installed;
  }
  throw new Error('no Python 3.11 or newer with its venv module: install it (on Debian: apt-get install python3-venv)');
}

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? 'its output above says why'}`);
}
