/** A Chromium for the browser tests: an installed one, else Playwright's own download, else Debian's package when root. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome'];

/** Path of a Chromium, or '' for the one that Playwright has downloaded. Throws with what to install if there is none. */
export function ensureChromium(): string {
  const given = process.env.CHROMIUM_PATH;
  if (given && existsSync(given)) return given;
  const installed = PLACES.find((place) => existsSync(place));
  if (installed) return installed;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600'];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
    spawnSync('apt-get', ['install', ...options, 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    const now = PLACES.find((place) => existsSync(place));
    if (now) return now;
  }
  const { status } = spawnSync('playwright', ['install', 'chromium'], { stdio: 'inherit' });
  if (status === 0) return '';
  throw new Error(
    'no Chromium for the browser tests: install the package "chromium", or let "npx playwright install chromium" reach its download',
  );
}
