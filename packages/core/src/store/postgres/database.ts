/** The pool: sizes and limits set, errors translated, statements by file name. Every statement is a transaction of its own. */
import pg from 'pg';
import { AppError } from '../../errors.ts';
import { translate } from './errors.ts';
import { sql } from './sql.ts';

/** Runs the statements of sql/. */
export interface Database {
  /** `plan: 'once'` keeps the statement prepared; 'each' plans it with its values. */
  rows<Row extends pg.QueryResultRow>(name: string, values?: unknown[], plan?: 'once' | 'each'): Promise<Row[]>;
  /** A statement of somebody who shares this database (the login's tables). */
  query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  close(): Promise<void>;
}

/** A statement that waits longer has met a lock or a disk that will not come back soon. */
const STATEMENT_MS = 20_000;
/** The server ends a statement itself, and sooner; a server that says nothing at all has vanished, or the network with it. */
const SILENCE_MS = 25_000;
const LOCK_MS = 10_000;
const TRANSACTION_MS = 30_000;
const CONNECT_MS = 5_000;
const IDLE_MS = 60_000;

/** Settings for every connection to this database. */
export function connectionConfig(url: string, name: string, silenceMs = SILENCE_MS): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: silenceMs,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: TRANSACTION_MS,
    options: `-c transaction_timeout=${TRANSACTION_MS}`,
    application_name: name,
    keepAlive: true,
  };
}

/**
 * Opens a pool of at most `size` connections. Connects when first used. A statement without an answer for `silenceMs` fails as
 * `unavailable`, and its connection is given up.
 */
export function openDatabase(url: string, size: number, silenceMs?: number): Database {
  const config = connectionConfig(url, 'slipway', silenceMs);
  const pool = new pg.Pool({ ...config, max: size, idleTimeoutMillis: IDLE_MS, allowExitOnIdle: true });
  // An idle connection that breaks (a restart of Postgres) is replaced at the next use; unheard, its error would end the process.
  pool.on('error', () => undefined);
  let closed = false;
  const run = async <Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<Row[]> => {
    if (closed) throw new AppError('unavailable', 'The store has been closed.');
    try {
      return (await pool.query<Row>(query)).rows;
    } catch (error) {
      throw translate(error);
    }
  };
  return {
    rows: (name, values = [], plan = 'once') => run({ text: sql(name), values, ...(plan === 'once' ? { name } : {}) }),
    query: async (text, values) => ({ rows: await run({ text, values }) }),
    async close() {
      if (closed) return;
      closed = true;
      await pool.end();
    },
  };
}
