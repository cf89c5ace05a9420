/** What a process tree costs, read from /proc: memory as PSS (shared pages counted once), CPU seconds. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** Cost of one part of Slipway. */
export interface Cost {
  /** Proportional set size, MiB. */
  pssMiB: number;
  /** User and system CPU since its start, seconds. */
  cpuSeconds: number;
  processes: number;
}

/** Parts by what their command line says. */
const PARTS: [part: string, sign: RegExp][] = [
  ['sim', /packages\/sim\/src\/main\.ts/],
  ['api', /main\.ts.--roles.api/],
  ['worker', /main\.ts.--roles.worker/],
  ['web', /apps\/web\/server\.ts/],
  ['start', /apps\/api\/src\/start\.ts/],
];

const TICKS = 100;

/** The cost of each part among the descendants of `rootPid` and of the Postgres whose data lies in `state`. */
export function costs(rootPid: number, state: string): Record<string, Cost> {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => read(pid));
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const parts: Record<string, Cost> = {};
  for (const process of all) {
    const part = partOf(process, rootPid, parents, state);
    if (!part) continue;
    const cost = parts[part] ?? { pssMiB: 0, cpuSeconds: 0, processes: 0 };
    parts[part] = {
      pssMiB: cost.pssMiB + process.pssMiB,
      cpuSeconds: cost.cpuSeconds + process.cpuSeconds,
      processes: cost.processes + 1,
    };
  }
  return Object.fromEntries(
    Object.entries(parts).map(([part, cost]) => [
      part,
      { ...cost, pssMiB: round(cost.pssMiB), cpuSeconds: round(cost.cpuSeconds) },
    ]),
  );
}

interface Process {
  pid: number;
  parent: number;
  command: string;
  pssMiB: number;
  cpuSeconds: number;
}

/** A process that ends while it is read is left out. */
function read(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    const ticks = Number(after[11]) + Number(after[12]);
    return [{ pid, parent: Number(after[1]), command, pssMiB: Number(pss?.[1] ?? 0) / 1024, cpuSeconds: ticks / TICKS }];
  } catch {
    return [];
  }
}

function partOf(process: Process, rootPid: number, parents: Map<number, number>, state: string): string | undefined {
  if (/postgres/.test(process.command) && isPostgresOf(process, parents, state)) return 'postgres';
  for (let pid: number | undefined = process.pid; pid !== undefined && pid > 1; pid = parents.get(pid)) {
    if (pid === rootPid) return PARTS.find(([, sign]) => sign.test(process.command))?.[0];
  }
  return undefined;
}

function isPostgresOf(process: Process, parents: Map<number, number>, state: string): boolean {
  if (process.command.includes(state)) return true;
  const parent = parents.get(process.pid);
  try {
    return parent !== undefined && readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes(state);
  } catch {
    return false;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
