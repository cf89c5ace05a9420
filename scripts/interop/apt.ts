/** Programs that interop suites need, from Debian's packages. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Sees to it that commands (or files, given as absolute paths) exist: `wanted` names the Debian package of each. Only what is missing
 * is installed. Throws with what to install where that cannot be done: not Debian, or not root.
 */
export function ensureCommands(wanted: Record<string, string>): void {
  const missing = () => Object.entries(wanted).filter(([name]) => !exists(name));
  const packages = () => [...new Set(missing().map(([, name]) => name))];
  if (missing().length === 0) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${packages().join(' ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    const install = () => apt('install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', ...packages());
    if (!install()) apt('update', '-q') && install();
  }
  if (missing().length > 0) {
    const names = missing().map(([name]) => name);
    throw new Error(`${names.join(', ')} missing: install ${packages().join(' ')} (on Debian: as root, apt-get install)`);
  }
}

function exists(name: string): boolean {
  return name.startsWith('/') ? existsSync(name) : FOLDERS.some((folder) => existsSync(`${folder}/${name}`));
}
