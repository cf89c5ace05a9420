/** kubectl for the tests that drive the Kubernetes API with the real client. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** The folder of a kubectl: one on the PATH, else built by Go, else Debian's package when root. Throws with what to install. */
export function ensureKubectl(): string {
  const onPath = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'kubectl')));
  if (onPath) return onPath;
  const folder = join(tmpdir(), 'slipway-kubectl');
  if (existsSync(join(folder, 'kubectl'))) return folder;
  mkdirSync(folder, { recursive: true });
  const go = ['go', '/usr/local/go/bin/go'].find((command) => spawnSync(command, ['version']).status === 0);
  if (go) {
    const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' };
    if (spawnSync(go, ['install', 'k8s.io/kubernetes/cmd/kubectl@v1.32.4'], { stdio: 'inherit', env }).status === 0)
      return folder;
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const args = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', 'kubernetes-client'];
    if (spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0) return dirname('/usr/bin/kubectl');
  }
  throw new Error(
    'kubectl is not installed: the tests drive the Kubernetes API with it. Install kubectl 1.30 or newer and put it on the PATH',
  );
}
