/**
 * Runs every suite, one after the other, and adds up: lint, types, unit and integration tests (Vitest), the console's build, and the
 * end-to-end suite (Playwright and kubectl on the simulated datacentre). `--only unit,e2e` runs some of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './chromium.ts';
import { type Count, finish, readReport, sumOf, vitestRun } from './count.ts';
import { ensureKubectl } from './kubectl.ts';

const scratch = mkdtempSync(join(tmpdir(), 'slipway-test-'));

/** A command as one check: passed or failed. */
function check(title: string, command: string, args: string[]): Count {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** Vitest. */
function unit(): Count {
  console.log('\n== unit and integration tests');
  const run = vitestRun();
  return run.count(spawnSync('vitest', run.args, { stdio: 'inherit' }).status);
}

/** Playwright, counted from its JSON report. */
function endToEnd(): Count {
  console.log('\n== end to end');
  const file = join(scratch, 'playwright.json');
  const env = {
    ...process.env,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    CHROMIUM_PATH: ensureChromium(),
    PATH: `${process.env.PATH}:${ensureKubectl()}`,
  };
  const { status } = spawnSync('playwright', ['test', '--reporter=list,json'], { stdio: 'inherit', env });
  const { stats } = readReport(file) as { stats?: { expected: number; unexpected: number; flaky: number; skipped: number } };
  const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0);
  return { passed: stats?.expected ?? 0, failed: status === 0 ? failed : Math.max(failed, 1), skipped: stats?.skipped ?? 0 };
}

const suites: Record<string, () => Count> = {
  lint: () => check('lint and format', 'biome', ['check', '.']),
  types: () => check('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']),
  unit: () => {
    // Behind the others: the folder of kubectl may hold an older Node.
    process.env.PATH = `${process.env.PATH}:${ensureKubectl()}`;
    return unit();
  },
  web: () => check('console build', 'npm', ['run', 'build:web']),
  webtypes: () => check('console types', 'tsc', ['--noEmit', '-p', 'apps/web/tsconfig.json']),
  e2e: endToEnd,
};

const only = process.argv.includes('--only')
  ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',')
  : Object.keys(suites);
const counts = only.map((name) => suites[name]?.() ?? { passed: 0, failed: 1, skipped: 0 });
rmSync(scratch, { recursive: true, force: true });
finish(sumOf(counts));
