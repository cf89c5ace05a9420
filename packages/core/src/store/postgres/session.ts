/**
 * The one connection that says "this process lives": it holds the incarnation's advisory lock for as long as the process does.
 * It also hears and sends the signal that something was committed, at most every few milliseconds and outside of any write.
 */
import pg from 'pg';
import { createBell } from '../signals.ts';
import { connectionConfig } from './database.ts';

/** The session of this process. */
export interface Session {
  /** Resolves true once the lock is held, or false after `ms`. */
  ready(ms: number): Promise<boolean>;
  /** Tells the other processes that something was committed. */
  announce(): void;
  close(): Promise<void>;
}

const CHANNEL = 'slipway_committed';
/** At most one signal in this time: a NOTIFY takes a database-wide lock at its commit. */
const ANNOUNCE_EVERY_MS = 10;
const RETRY_MS = 200;
/** Without signals to send, the connection is tried this often. */
const BEAT_MS = 5_000;
const ANSWER_MS = 10_000;
const HANG_UP_MS = 1_000;

/** Opens the session and keeps it open: after a loss it connects and takes the lock again, without end. */
export function openSession(url: string, incarnation: string, heard: () => void): Session {
  let client: pg.Client | undefined;
  let locked = false;
  let closed = false;
  let wanted = false;
  const changed = createBell();
  const announced = createBell();

  /** All that the connection says, one statement after the other: signals when asked for, else a word now and then. Ends by throwing. */
  const beats = async (connection: pg.Client) => {
    while (!closed) {
      if (!wanted) await announced.wait(BEAT_MS);
      await pause(ANNOUNCE_EVERY_MS);
      const statement = wanted ? `notify ${CHANNEL}` : 'select 1';
      wanted = false;
      // A peer that vanished without a word answers nothing: hang up and connect anew.
      await Promise.race([connection.query(statement), pause(ANSWER_MS).then(() => Promise.reject(new Error('no answer')))]);
    }
  };
  const connectOnce = async () => {
    const fresh = new pg.Client(connectionConfig(url, `slipway ${incarnation}`));
    const ended = new Promise<void>((resolve) => fresh.once('end', resolve));
    // Heard so that it does not end the process; 'end' follows.
    fresh.on('error', () => undefined);
    fresh.on('notification', heard);
    client = fresh;
    try {
      await fresh.connect();
      // A machine that vanishes without a word: the server notices within seconds and frees the lock.
      await fresh.query('set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3');
      await fresh.query(`listen ${CHANNEL}`);
      await takeLock(fresh, incarnation, () => closed);
      locked = !closed;
      changed.ring();
      heard();
      await Promise.race([ended, beats(fresh)]);
    } finally {
      locked = false;
      await Promise.race([fresh.end().catch(() => undefined), pause(HANG_UP_MS)]);
    }
  };
  const keep = async () => {
    while (!closed) {
      await connectOnce().catch(() => undefined);
      if (!closed) await changed.wait(RETRY_MS);
    }
  };
  const kept = keep();
  return {
    async ready(ms) {
      const until = Date.now() + ms;
      while (!locked && !closed && Date.now() < until) await changed.wait(until - Date.now());
      return locked;
    },
    announce() {
      wanted = true;
      announced.ring();
    },
    async close() {
      closed = true;
      changed.ring();
      announced.ring();
      await client?.end().catch(() => undefined);
      await kept;
    },
  };
}

/** Our own lost session may hold the lock for a moment until the server notices: try until it is free. */
async function takeLock(client: pg.Client, incarnation: string, given: () => boolean): Promise<void> {
  while (!given()) {
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [incarnation]);
    if (rows[0].taken) return;
    await pause(RETRY_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
