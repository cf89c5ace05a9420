/** kubectl for the tests that drive the Kubernetes API with the real client. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Version of kubectl's library: Kubernetes 1.32. */
const LIBRARY = 'v0.32.4';

/** The folder of a kubectl: one on the PATH, else built by Go, else Debian's package when root. Throws with what to install. */
export function ensureKubectl(): string {
  const onPath = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, 'kubectl')));
  if (onPath) return onPath;
  const folder = join(tmpdir(), 'slipway-kubectl');
  if (existsSync(join(folder, 'kubectl'))) return folder;
  mkdirSync(folder, { recursive: true });
  const go = ['go', '/usr/local/go/bin/go'].find((command) => spawnSync(command, ['version']).status === 0);
  if (go && build(go, folder)) return folder;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const args = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', 'kubernetes-client'];
    if (spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0) return dirname('/usr/bin/kubectl');
  }
  throw new Error(
    'kubectl is not installed: the tests drive the Kubernetes API with it. Install kubectl 1.30 or newer and put it on the PATH',
  );
}

/** kubectl is a library with a command around it: its own module cannot be installed by name, as it replaces its dependencies. */
const MAIN = `package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
`;

function build(go: string, folder: string): boolean {
  const source = join(folder, 'source');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'main.go'), MAIN);
  const modules = [`k8s.io/kubectl@${LIBRARY}`, `k8s.io/component-base@${LIBRARY}`];
  const steps = [
    ['mod', 'init', 'kubectl'],
    ['get', ...modules],
    ['mod', 'tidy'],
    ['build', '-o', join(folder, 'kubectl'), '.'],
  ];
  rmSync(join(source, 'go.mod'), { force: true });
  return steps.every((args) => spawnSync(go, args, { cwd: source, stdio: 'inherit' }).status === 0);
}
