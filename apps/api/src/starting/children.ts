/** The processes of a start: each its own, restarted with a growing pause when it dies, ended together. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process to keep running. */
export interface ChildSpec {
  name: string;
  command: string[];
  env: Record<string, string>;
}

/** Children under supervision. */
export interface Children {
  start: (spec: ChildSpec) => void;
  /** SIGTERM to all, SIGKILL to those that stay longer than `ms`. */
  stop: (ms: number) => Promise<void>;
  /** Resolves when a child has failed for good: it died `GIVE_UP` times within a minute each, or its program is not there. */
  failed: Promise<string>;
}

/** Where the children's process ids are kept, for a start after this one was killed. */
const PIDS = 'pids';
const GIVE_UP = 8;
const STABLE_MS = 60_000;
/** How long a killed process may take to be gone. */
const GONE_MS = 5000;

/** Starts a supervisor that writes each child's output to `<logs>/<name>.log`. */
export function superviseIn(logs: string): Children {
  mkdirSync(logs, { recursive: true });
  const running = new Map<string, ChildProcess>();
  let stopping = false;
  let giveUp: (name: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    giveUp = resolve;
  });

  function start(spec: ChildSpec, deaths = 0): void {
    const [command = '', ...args] = spec.command;
    const out = createWriteStream(join(logs, `${spec.name}.log`), { flags: 'a' });
    const child = spawn(command, args, { env: { ...process.env, ...spec.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(out);
    child.stderr.pipe(out, { end: false });
    running.set(spec.name, child);
    writeFileSync(join(logs, PIDS), [...running.values()].map(({ pid }) => pid).join('\n'));
    const born = Date.now();
    child.on('exit', () => {
      running.delete(spec.name);
      if (stopping) return;
      const again = Date.now() - born > STABLE_MS ? 1 : deaths + 1;
      if (again >= GIVE_UP) giveUp(spec.name);
      else setTimeout(() => !stopping && start(spec, again), Math.min(200 * 2 ** (again - 1), 10_000));
    });
    // A program that is not there has not lived, so it does not die either: no 'exit' follows.
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      running.delete(spec.name);
      out.end(`${command} cannot be started: ${error.message}\n`, () => giveUp(spec.name));
    });
  }

  return {
    failed,
    start: (spec) => start(spec),
    async stop(ms) {
      stopping = true;
      const gone = [...running.values()].map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of running.values()) child.kill('SIGTERM');
      await Promise.race([Promise.all(gone), new Promise((resolve) => setTimeout(resolve, ms))]);
      for (const child of running.values()) child.kill('SIGKILL');
      rmSync(join(logs, PIDS), { force: true });
    },
  };
}

/**
 * Ends what a killed start left running: processes it noted, if they still are what it started (Linux alone can tell). Waits until
 * they are gone, as their ports are only free then. Returns how many there were.
 */
export async function endLeftovers(logs: string): Promise<number> {
  const pids = tryRead(join(logs, PIDS)).split('\n').filter(Boolean).map(Number);
  const ours = pids.filter((pid) => /apps\/(api|web)\/|packages\/sim\//.test(tryRead(`/proc/${pid}/cmdline`)));
  for (const pid of ours) process.kill(pid, 'SIGKILL');
  for (const end = Date.now() + GONE_MS; ours.some(isAlive) && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  rmSync(join(logs, PIDS), { force: true });
  return ours.length;
}

/** A zombie counts as gone, but one that still has threads holds its ports. */
function isAlive(pid: number): boolean {
  const status = tryRead(`/proc/${pid}/status`);
  const gone = status === '' || (/^State:\s+[ZX]/m.test(status) && /^Threads:\s+[01]$/m.test(status));
  return !gone;
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
