/** Ends what a run of tests has started and left behind. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Environment variable that all processes of a run inherit; its value is the run's alone. */
export const RUN_MARK = 'SLIPWAY_INTEROP_RUN';

/**
 * Kills the process group of `leader`; on Linux also its descendants and every process that bears the run's mark. A daemon leaves the
 * group it was started in: while its parents live it is found by descent (Ironic overwrites its environment with its title), after
 * them by its mark.
 */
export function endLeftovers(leader: number | undefined, run: string): void {
  // All are found before any is killed: a killed parent would cut the descent.
  const processes = allProcesses();
  const found = processes.filter(({ pid }) => pid !== process.pid && bears(pid, run)).map(({ pid }) => pid);
  if (leader !== undefined) {
    found.push(...descendantsOf(leader, processes));
    kill(-leader);
  }
  for (const pid of new Set(found)) kill(pid);
}

interface Process {
  pid: number;
  parent: number;
}

/** [] where there is no /proc: the group is all that can be told then. */
function allProcesses(): Process[] {
  const names = existsSync('/proc/self/stat') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return names.map((name) => {
    // pid (command, which may hold anything) state parent …
    const [, parent = '0'] = /^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${name}/stat`)) ?? [];
    return { pid: Number(name), parent: Number(parent) };
  });
}

function descendantsOf(leader: number, processes: Process[]): number[] {
  const children = processes.filter(({ parent }) => parent === leader).map(({ pid }) => pid);
  return children.flatMap((child) => [child, ...descendantsOf(child, processes)]);
}

function bears(pid: number, run: string): boolean {
  return read(`/proc/${pid}/environ`).split('\0').includes(`${RUN_MARK}=${run}`);
}

/** '' if the process has ended or is another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
