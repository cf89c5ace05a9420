import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { endLeftovers, RUN_MARK } from './leftovers.ts';

const STAY = 'console.log("up"); setInterval(() => {}, 1000);';

/** A process in a session of its own, as a daemon is. */
function daemon(run: string, script = STAY) {
  return spawn(process.execPath, ['-e', script], { detached: true, env: { ...process.env, [RUN_MARK]: run } });
}

it('ends daemons of its own run, and nobody else', async () => {
  const [run, other] = [randomUUID(), randomUUID()];
  const [ours, theirs] = [daemon(run), daemon(other)];
  await Promise.all([once(ours.stdout, 'data'), once(theirs.stdout, 'data')]);
  const ended = once(ours, 'exit');
  endLeftovers(undefined, run);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(theirs.exitCode ?? theirs.signalCode).toBeNull();
  const gone = once(theirs, 'exit');
  endLeftovers(undefined, other);
  await gone;
});

it('ends daemons that have no mark while their parent lives', async () => {
  const parent = daemon(
    randomUUID(),
    `const child = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(STAY)}], { detached: true, env: {} });
     child.stdout.once('data', () => console.log(child.pid)); setInterval(() => {}, 1000);`,
  );
  const [line] = await once(parent.stdout, 'data');
  const child = Number(String(line));
  expect(() => process.kill(child, 0)).not.toThrow();
  const ended = once(parent, 'exit');
  endLeftovers(parent.pid, randomUUID());
  await ended;
  await expect.poll(() => isRunning(child), { timeout: 10_000 }).toBe(false);
});

/** A killed orphan may stay as a zombie where nobody reaps it. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
