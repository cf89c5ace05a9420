/**
 * Runs the interop suites one after the other: sets each up, runs its tests, ends what they left running, and adds up.
 * Arguments name suites; none = all.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Count, finish, sumOf, vitestRun } from '../test/count.ts';
import { endLeftovers, RUN_MARK } from './leftovers.ts';
import { SUITES } from './suites.ts';

/** Kept between runs; `npm ci` and removing node_modules empty it. */
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'slipway-interop');
/** No suite takes a minute of test time on two cores; one that takes this long hangs. */
const MOST_SECONDS = 300;
const FAILED: Count = { passed: 0, failed: 1, skipped: 0 };

async function runSuite(name: string): Promise<Count> {
  const setup = SUITES[name];
  if (!setup) {
    console.error(`There is no interop suite ${name}; there are: ${Object.keys(SUITES).join(', ')}.`);
    return FAILED;
  }
  console.log(`\n== interop: ${name}`);
  const cache = join(CACHE, name);
  mkdirSync(cache, { recursive: true });
  try {
    return await runTests(name, { ...process.env, ...(await setup(cache)) });
  } catch (error) {
    console.error(`The interop suite ${name} could not be set up:`, error);
    return FAILED;
  }
}

/** Runs Vitest as the leader of a process group and with a mark: whatever the tests started and left behind ends with it. */
async function runTests(name: string, env: NodeJS.ProcessEnv): Promise<Count> {
  const run = vitestRun(['--config', 'e2e/interop/vitest.config.ts', `e2e/interop/${name}/`]);
  const mark = randomUUID();
  const vitest = spawn('vitest', run.args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, [RUN_MARK]: mark },
    detached: true,
  });
  const end = () => endLeftovers(vitest.pid, mark);
  const limit = setTimeout(() => {
    console.error(`The interop suite ${name} did not end within ${MOST_SECONDS} s and was stopped.`);
    end();
  }, MOST_SECONDS * 1000);
  const interrupted = () => {
    end();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const status = await new Promise<number | null>((resolve, reject) => vitest.once('error', reject).once('exit', resolve));
  clearTimeout(limit);
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  end();
  return run.count(status);
}

const named = process.argv.slice(2);
const counts: Count[] = [];
for (const name of named.length > 0 ? named : Object.keys(SUITES)) counts.push(await runSuite(name));
finish(sumOf(counts));
