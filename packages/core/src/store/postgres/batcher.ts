/**
 * Commits of this process in batches: what waits while one batch is under way goes in the next, in one transaction.
 * That wins back what the ordering lock costs (store-measurements.md, section 3).
 */
import type { AppError } from '../../errors.ts';
import { isCode } from '../../errors.ts';
import type { KubeObject } from '../object.ts';
import { type Prepared, prepare } from '../prepare.ts';
import type { Committed, StoreOptions } from '../store.ts';
import type { Database } from './database.ts';
import { translate } from './errors.ts';
import { decodeResult, encodePlan, type Plan, type PlanResult } from './plan.ts';
import type { ObjectRow, Rows } from './rows.ts';

/** Plans of one transaction; more would hold the lock for too long. */
const BATCH = 64;

interface Waiting {
  plan: Plan;
  resolve: (committed: Committed) => void;
  reject: (error: AppError) => void;
}

/** A plan that has been prepared for a batch. */
interface Ready extends Waiting {
  prepared: Prepared;
}

/** What the batcher works with. */
export interface BatcherParts {
  database: Database;
  rows: Rows;
  options: StoreOptions;
  incarnation: string;
  /** Called after each batch that was committed. */
  committed: () => void;
}

/** Commits a plan in the next batch. */
export type Submit = (plan: Plan) => Promise<Committed>;

/** Makes a batcher. */
export function createBatcher(parts: BatcherParts): Submit {
  const waiting: Waiting[] = [];
  let working = false;

  const work = async () => {
    working = true;
    while (waiting.length) {
      const batch = waiting.splice(0, BATCH);
      await runBatch(parts, batch).catch((error) => {
        for (const one of batch) one.reject(translate(error));
      });
    }
    working = false;
  };

  return (plan) =>
    new Promise((resolve, reject) => {
      waiting.push({ plan, resolve, reject });
      if (!working) void work();
    });
}

async function runBatch(parts: BatcherParts, batch: Waiting[]): Promise<void> {
  const ready = await prepareAll(parts, batch);
  if (!ready.length) return;
  try {
    await send(parts, ready);
  } catch (error) {
    const failure = translate(error);
    // A lost connection leaves open what was committed, and asking again would not reach the database either; nor is one that
    // took too long helped by asking 64 times.
    if (isCode(failure, 'unavailable') || isCode(failure, 'timeout') || ready.length === 1) {
      for (const one of ready) one.reject(failure);
    } else {
      // One plan of the batch made it fail: alone, only that one does.
      for (const one of ready) await send(parts, [one]).catch((cause) => one.reject(translate(cause)));
    }
  }
  parts.committed();
}

/** Reads what the batch changes and applies Kubernetes' rules; a plan that breaks them is answered here. */
async function prepareAll({ database, rows, options }: BatcherParts, batch: Waiting[]): Promise<Ready[]> {
  const uids = batch.flatMap(
    ({ plan }) => plan.writes?.flatMap((write) => (write.op === 'create' ? [] : write.was.metadata.uid)) ?? [],
  );
  const found = await database.rows<ObjectRow & { now: Date }>('load', [uids]);
  const now = found[0]!.now;
  const stored = new Map(found.filter((row) => row.uid !== null).map((row) => [row.uid, row]));
  // A fresh object for each plan: none may see what another has made of it.
  const current = (uid: string): KubeObject | undefined => {
    const row = stored.get(uid);
    return row && rows.object(row);
  };
  return batch.flatMap((one) => {
    try {
      return [{ ...one, prepared: prepare(one.plan, current, options, now) }];
    } catch (error) {
      one.reject(translate(error));
      return [];
    }
  });
}

async function send({ database, rows, incarnation }: BatcherParts, ready: Ready[]): Promise<void> {
  const plans = ready.map(({ plan, prepared }) => encodePlan(plan, prepared, rows));
  type Answer = { results: PlanResult[]; head: string };
  const [row] = await database.rows<{ answer: Answer }>('commit', [JSON.stringify(plans), incarnation]);
  const { results, head } = row!.answer;
  for (const [index, one] of ready.entries()) {
    try {
      one.resolve(decodeResult(one.plan, one.prepared, results[index]!, head));
    } catch (error) {
      one.reject(translate(error));
    }
  }
}
