/** One Slipway for the end-to-end suite: `npm start -- --no-examples` with its own state folder and ports, as a person would start it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const run = promisify(execFile);

/** Moves all ports, for a second suite on the same machine. */
const OFFSET = Number(process.env.SLIPWAY_E2E_PORT_OFFSET ?? '0');

/** Ports of the suite, away from the usual ones. */
export const PORTS = {
  port: 13000 + OFFSET,
  'kube-port': 16443 + OFFSET,
  'trpc-port': 14000 + OFFSET,
  'machine-port': 16385 + OFFSET,
  'metrics-port': 19464 + OFFSET,
  'postgres-port': 15433 + OFFSET,
  'sim-port': 17400 + OFFSET,
};

/** First start includes the console's build. */
const START_MS = 300_000;

/** A started Slipway. */
export interface Slipway {
  state: string;
  process: ChildProcess;
  stop: () => Promise<void>;
}

/** Starts it and waits until it says that it is ready. */
export async function startSlipway(): Promise<Slipway> {
  const state = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
  // The embedded Postgres may run as another user, who must be able to enter.
  chmodSync(state, 0o755);
  const ports = Object.entries(PORTS).flatMap(([flag, port]) => [`--${flag}`, String(port)]);
  const speed = process.env.SLIPWAY_E2E_SPEED ?? '600';
  const args = [
    '--no-examples',
    '--state',
    state,
    '--speed',
    speed,
    '--power-poll-seconds',
    '3',
    '--node-poll-seconds',
    '1',
    ...(process.env.SLIPWAY_E2E_NO_CONSOLE ? ['--no-console'] : []),
    ...ports,
  ];
  const child = spawn(process.execPath, [join(root, 'apps/api/src/start.ts'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(state, 'start.log'));
  let said = '';
  const ready = new Promise<void>((done, failed) => {
    const late = setTimeout(() => failed(new Error(`npm start was not ready within ${START_MS / 1000} s:\n${said}`)), START_MS);
    const hear = (part: Buffer) => {
      said += part.toString();
      log.write(part);
      if (!said.includes('ready; Ctrl+C ends it')) return;
      clearTimeout(late);
      done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => failed(new Error(`npm start ended with ${code}:\n${said}`)));
  });
  await ready;
  return {
    state,
    process: child,
    async stop() {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await Promise.race([gone, new Promise((done) => setTimeout(done, 30_000))]);
      child.kill('SIGKILL');
      if (!process.env.SLIPWAY_E2E_KEEP) rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The state folder of the running suite's Slipway. */
export function stateFolder(): string {
  const state = process.env.SLIPWAY_E2E_STATE;
  if (!state) throw new Error('SLIPWAY_E2E_STATE is not set: the suite runs under Playwright, whose global setup starts Slipway');
  return state;
}

/** The generated first password. */
export function adminPassword(): string {
  return readFileSync(join(stateFolder(), 'admin-password'), 'utf8').trim();
}

/** Runs kubectl against the suite's Slipway. Throws with kubectl's own words. */
export async function kubectl(...args: string[]): Promise<string> {
  const env = { ...process.env, KUBECONFIG: join(stateFolder(), 'kubeconfig') };
  const { stdout } = await run('kubectl', args, { env, cwd: root, maxBuffer: 64 * 1024 * 1024, timeout: 200_000 });
  return stdout;
}

/** Runs kubectl with a manifest on stdin. */
export async function kubectlWith(
  manifest: string,
  ...args: string[]
): Promise<{ stdout: string; stderr: string; code: number }> {
  return pipeTo('kubectl', args, manifest, { KUBECONFIG: join(stateFolder(), 'kubeconfig') });
}

/** Runs a command of the simulated datacentre (`npm run sim -- …`). */
export async function sim(...args: string[]): Promise<string> {
  const env = { ...process.env, SLIPWAY_SIM_PORT: String(PORTS['sim-port']) };
  const { stdout } = await run(process.execPath, [join(root, 'packages/sim/src/main.ts'), ...args], {
    env,
    cwd: root,
    timeout: 30_000,
  });
  return stdout;
}

function pipeTo(
  command: string,
  args: string[],
  input: string,
  more: Record<string, string>,
): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { env: { ...process.env, ...more }, cwd: root });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (part: Buffer) => (stdout += part));
    child.stderr.on('data', (part: Buffer) => (stderr += part));
    child.once('error', failed);
    child.once('close', (code) => done({ stdout, stderr, code: code ?? 1 }));
    child.stdin.end(input);
  });
}
