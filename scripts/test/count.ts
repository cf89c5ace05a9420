/** Counting what suites did, and the one line at the end, for `npm test` and `npm run interop` alike. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Outcomes of tests. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The sum of counts. */
export function sumOf(counts: Count[]): Count {
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** One run of Vitest, to be counted from its JSON report. */
export interface VitestRun {
  /** Arguments after `vitest`. */
  args: string[];
  /** Reads the report, once, when Vitest has ended with that status. A suite that failed to load counts as a failure. */
  count(status: number | null): Count;
}

/** Prepares a run of Vitest; `more` are further arguments. */
export function vitestRun(more: string[] = []): VitestRun {
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-vitest-'));
  const file = join(scratch, 'report.json');
  return {
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...more],
    count: (status) => {
      const report = readReport(file) as {
        numPassedTests?: number;
        numFailedTests?: number;
        numPendingTests?: number;
        numTodoTests?: number;
      };
      rmSync(scratch, { recursive: true, force: true });
      const failed = report.numFailedTests ?? 0;
      return {
        passed: report.numPassedTests ?? 0,
        failed: status === 0 ? failed : Math.max(failed, 1),
        skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
      };
    },
  };
}

/** A JSON report, {} if it was not written. */
export function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Prints the result as the last line and ends the process; .ci/run reads that line. */
export function finish({ passed, failed, skipped }: Count): never {
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed > 0 ? 1 : 0);
}
