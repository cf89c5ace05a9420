/** The queue in Postgres: a lease table whose claims last as long as the process that took them (DESIGN section 4, Workers). */
import { AppError, isCode } from '../../errors.ts';
import type { Bell } from '../signals.ts';
import type { Claim, Queue } from '../store.ts';
import type { Submit } from './batcher.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';

/** Claims wait this long for the session's lock after a restart of the database. */
const SESSION_MS = 5_000;

/** Makes the queue of one process. `due` rings when something may be due. */
export function createQueue(database: Database, session: Session, incarnation: string, submit: Submit, due: Bell): Queue {
  return {
    async claim(limit, reconcilers) {
      // Without the lock others would take our claims for those of a dead process.
      if (!(await session.ready(SESSION_MS))) {
        throw new AppError(
          'unavailable',
          'This process has no session with the database yet; it takes no work until it has one.',
        );
      }
      type Row = { reconciler: string; namespace: string; name: string; gen: string; failures: number };
      const rows = await database.rows<Row>('claim', [limit, reconcilers ?? null, incarnation]);
      return rows.map((row) => ({ ...row, gen: Number(row.gen) }));
    },
    wake: async (wakes) => void (await submit({ wakes })),
    // Through the ordering lock: a wake-up that comes at the same moment is seen before or after, never lost.
    async release(claim, { again, failed }) {
      const given = submit({ done: { claim, again }, failures: failed ? claim.failures + 1 : 0 });
      await given.catch((error) => {
        // Given back already (an answer was lost), or taken over: either way there is nothing to give back.
        if (!isCode(error, 'conflict')) throw error;
      });
    },
    async reclaim(atWork) {
      const strays = atWork ? await freeStrays(database, incarnation, atWork) : 0;
      const dead = await database.rows<{ claimed_by: string }>('owners-of-claims', [incarnation]);
      const freed = dead.length ? await database.rows('reclaim', [dead.map((row) => row.claimed_by)]) : [];
      if (freed.length + strays) due.ring();
      return freed.length + strays;
    },
    async nextDue() {
      const [row] = await database.rows<{ due: Date | null }>('next-due');
      return row!.due;
    },
    idle: (ms, signal) => due.wait(ms, signal),
    async depth() {
      const [row] = await database.rows<{ waiting: number; due: number; claimed: number }>('depth');
      return row!;
    },
  };
}

/** A claim that was committed just before the connection broke: this process lives, so nobody else would ever free it. */
async function freeStrays(database: Database, incarnation: string, atWork: readonly Claim[]): Promise<number> {
  const known = atWork.map(({ gen }) => gen);
  const strays = await database.rows<{ claim: string }>('strays', [incarnation, known]);
  if (!strays.length) return 0;
  return (await database.rows('free-strays', [incarnation, strays.map(({ claim }) => claim)])).length;
}
