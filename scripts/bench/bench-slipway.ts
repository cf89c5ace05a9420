/** A Slipway for a bench: its own state folder and ports, no artificial delays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KubeClient, kubeClientFrom } from '../../apps/api/src/starting/apply.ts';
import { type Cost, costs } from './processes.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
/** First of the ports, all away from the usual ones. */
const BASE = Number(process.env.SLIPWAY_BENCH_PORT ?? 23500);
const FLAGS = ['port', 'kube-port', 'trpc-port', 'machine-port', 'postgres-port', 'metrics-port', 'sim-port'];
const PORTS = FLAGS.map((flag, i) => `--${flag}=${BASE + 10 * i}`);

/** A started Slipway. */
export interface BenchSlipway {
  kube: KubeClient;
  /** Milliseconds from the start of the process to this line of its output, which is waited for. */
  until: (line: string, ms: number) => Promise<number>;
  costs: () => Record<string, Cost>;
  state: string;
  stop: () => Promise<void>;
}

/** Starts it with these further flags. Keep `state` to start a second time on the same folder. */
export function startForBench(flags: string[], state = mkdtempSync(join(tmpdir(), 'slipway-bench-'))): BenchSlipway {
  chmodSync(state, 0o755);
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [join(root, 'apps/api/src/start.ts'), '--no-examples', '--state', state, ...PORTS, ...flags],
    { cwd: root },
  );
  let said = '';
  child.stdout.on('data', (part: Buffer) => (said += part));
  child.stderr.on('data', (part: Buffer) => (said += part));
  let client: KubeClient | undefined;
  return {
    state,
    get kube() {
      client ??= kubeClientFrom(join(state, 'kubeconfig'));
      return client;
    },
    costs: () => costs(child.pid ?? 0, state),
    async until(line, ms) {
      while (!said.includes(line)) {
        if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${said}`);
        if (Date.now() - began > ms) throw new Error(`"${line}" was not said within ${ms / 1000} s:\n${said}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return Date.now() - began;
    },
    stop: () => end(child),
  };
}

/** Removes what a bench left. */
export function removeState(state: string): void {
  rmSync(state, { recursive: true, force: true });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 30_000).unref();
  });
}
