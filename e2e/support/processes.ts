/** The processes of the suite's Slipway, to be killed: found as a person would, by what they were started with. Linux alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './kube.ts';
import { PORTS, stateFolder } from './slipway.ts';

/** What can be killed. */
export type Victim = 'worker' | 'api' | 'postgres' | 'sim';

/** Process ids of a part; Postgres comes with all its children, the postmaster first. */
export function pidsOf(victim: Victim): number[] {
  switch (victim) {
    case 'worker':
      return withArguments(`--roles\0worker\0--metrics-port\0${PORTS['metrics-port'] + 1}\0`);
    case 'api':
      return withArguments(`--roles\0api\0--metrics-port\0${PORTS['metrics-port']}\0`);
    case 'sim':
      return withArguments(`--port\0${PORTS['sim-port']}\0`).filter((pid) => commandOf(pid).includes('packages/sim/'));
    case 'postgres': {
      const [pid = ''] = read(join(stateFolder(), 'postgres/data/postmaster.pid')).split('\n');
      const postmaster = Number(pid);
      return commandOf(postmaster).includes('postgres') ? [postmaster, ...childrenOf(postmaster)] : [];
    }
    default:
      return victim satisfies never;
  }
}

/** `kill -9`, and waits until the supervisor has started it again. */
export async function killAndWait(victim: Victim): Promise<void> {
  const [first, ...others] = pidsOf(victim);
  if (first === undefined) throw new Error(`${victim} does not run`);
  for (const pid of [first, ...others]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // A child of Postgres that has just ended by itself.
    }
  }
  await until(`${victim} runs again`, 60_000, async () => {
    const [now] = pidsOf(victim);
    return now !== undefined && now !== first;
  });
}

function withArguments(text: string): number[] {
  return allPids().filter((pid) => commandOf(pid).includes(text));
}

function childrenOf(parent: number): number[] {
  return allPids().filter((pid) => /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] === String(parent));
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Arguments, each ended by a NUL. */
function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
