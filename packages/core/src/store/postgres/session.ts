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

/** Opens the session and keeps it open: after a loss it connects and takes the lock again, without end. */
export function openSession(url: string, incarnation: string, heard: () => void): Session {
  let client: pg.Client | undefined;
  let locked = false;
  let closed = false;
  let wanted = false;
  let announcing: Promise<void> | undefined;
  const changed = createBell();

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
      await ended;
    } finally {
      locked = false;
      await fresh.end().catch(() => undefined);
    }
  };
  const keep = async () => {
    while (!closed) {
      await connectOnce().catch(() => undefined);
      if (!closed) await changed.wait(RETRY_MS);
    }
  };
  const kept = keep();
  /** One at a time, with a pause before each: what is announced meanwhile goes in the next. */
  const send = async () => {
    while (wanted && !closed) {
      await new Promise((resolve) => setTimeout(resolve, ANNOUNCE_EVERY_MS));
      wanted = false;
      if (locked) await client?.query(`notify ${CHANNEL}`).catch(() => undefined);
    }
  };

  return {
    async ready(ms) {
      const until = Date.now() + ms;
      while (!locked && !closed && Date.now() < until) await changed.wait(until - Date.now());
      return locked;
    },
    announce() {
      wanted = true;
      announcing ??= send().finally(() => {
        announcing = undefined;
      });
    },
    async close() {
      closed = true;
      wanted = false;
      changed.ring();
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
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
