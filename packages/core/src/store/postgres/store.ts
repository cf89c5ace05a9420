/** The store in Postgres. See docs/decisions/0001-prisma.md and the migrations for the shapes. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Cipher } from '../cipher.ts';
import type { KubeObject, Ref } from '../object.ts';
import { createBell } from '../signals.ts';
import type { Operation, Store, StoreOptions, WatchEvent, WatchQuery } from '../store.ts';
import { watchLog } from '../watching.ts';
import { createBatcher } from './batcher.ts';
import { createDatabaseClock } from './clock.ts';
import { type Database, openDatabase } from './database.ts';
import { listObjects } from './lists.ts';
import { createLoader } from './loader.ts';
import { createObservations } from './observations.ts';
import { createQueue } from './queue.ts';
import { createRows, type ObjectRow, type Rows } from './rows.ts';
import { openSession } from './session.ts';
import { createTail, type Tail } from './tail.ts';

/** What a Postgres store is opened with. */
export interface PostgresStoreOptions extends StoreOptions {
  url: string;
  cipher: Cipher;
  /** Connections of the pool, besides the one of the session; default 8. */
  poolSize?: number;
  /** Names this process; fresh by default. Two processes must never share one. */
  incarnation?: string;
  /** How long changes are kept for watches; default 15 minutes, a PostgreSQL interval. */
  eventsKept?: string;
}

/** The store, and its database for tables that are not the store's own (logins). */
export interface PostgresStore extends Store {
  /** Runs one statement. Throws AppError as the store does. */
  query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** The log's partitions are looked after this often: ahead of time by two partitions of 50,000 changes. */
const MAINTENANCE_MS = 10_000;
/** Operations and observations of removed objects are cleared this often. */
const TRIM_MS = 600_000;
/** 20 partitions of 50,000 changes, about 2 GB, whatever their age. */
const MOST_PARTITIONS = 20;
const CONNECT_MS = 15_000;

/** Opens the store. Throws `unavailable` if the database is not there, `internal` for a missing schema or a wrong master key. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const incarnation = options.incarnation ?? randomUUID();
  const database = openDatabase(options.url, options.poolSize ?? 8);
  await rightKey(database, options.cipher).catch(async (error) => {
    await database.close();
    throw error;
  });
  const rows = createRows(options.cipher, options.secretFields);
  const tail = createTail(database, rows);
  const observations = createObservations(database);
  const due = createBell();
  const heard = () => {
    tail.poke();
    observations.poke();
    due.ring();
  };
  const session = openSession(options.url, incarnation, heard);
  const submit = createBatcher({
    database,
    rows,
    options,
    incarnation,
    committed() {
      heard();
      session.announce();
    },
  });
  const kept = options.eventsKept ?? '15 minutes';
  const maintenance = [
    setInterval(() => void attempt(database, 'partitions', [kept, MOST_PARTITIONS]), MAINTENANCE_MS).unref(),
    setInterval(() => void attempt(database, 'trim-operations'), TRIM_MS).unref(),
    setInterval(() => void attempt(database, 'trim-observations'), TRIM_MS).unref(),
  ];
  await session.ready(CONNECT_MS);

  const one = async (name: string, values: unknown[]) => {
    const [row] = await database.rows<ObjectRow>(name, values);
    return row ? rows.object(row) : null;
  };
  return {
    now: createDatabaseClock(async () => (await database.rows<{ now: Date }>('now'))[0]!.now),
    get: createLoader((refs: Ref[]) => getMany(database, rows, refs)),
    getByUid: (uid) => one('get-by-uid', [uid]),
    list: (query) => listObjects(database, rows, query),
    dependents: async (ownerUid) => (await database.rows<ObjectRow>('dependents', [ownerUid])).map(rows.object),
    watch: (query) => watchTail(tail, query),
    head: async () => (await database.rows<{ head: string }>('head'))[0]!.head,
    commit: submit,
    operations: createLoader((uids: string[]) => operationsOf(database, uids)),
    observations: observations.of,
    observationsOf: observations.bySource,
    observe: async (seen, wakes = []) => void (await submit({ observations: seen, wakes })),
    watchObservations: observations.follow,
    forget: observations.forget,
    query: database.query,
    queue: createQueue(database, session, incarnation, submit, due),
    async close() {
      for (const timer of maintenance) clearInterval(timer);
      observations.close();
      due.ring();
      await tail.close();
      await session.close();
      await database.close();
    },
  };
}

async function getMany(database: Database, rows: Rows, refs: Ref[]): Promise<(KubeObject | null)[]> {
  const column = (of: (ref: Ref) => string) => refs.map(of);
  const columns = [
    column((ref) => ref.group),
    column((ref) => ref.kind),
    column((ref) => ref.namespace),
    column((ref) => ref.name),
  ];
  const found: (KubeObject | null)[] = refs.map(() => null);
  for (const row of await database.rows<ObjectRow & { position: string }>('get', columns)) {
    found[Number(row.position) - 1] = rows.object(row);
  }
  return found;
}

async function operationsOf(database: Database, uids: string[]): Promise<Operation[][]> {
  const found: Operation[][] = uids.map(() => []);
  for (const { position, body } of await database.rows<{ position: string; body: Operation }>('operations', [uids])) {
    found[Number(position) - 1]?.push(body);
  }
  return found;
}

/** While a watch lasts, the tail reads. */
async function* watchTail(tail: Tail, query: WatchQuery): AsyncIterable<WatchEvent> {
  tail.enter();
  try {
    yield* watchLog(tail, query);
  } finally {
    tail.leave();
  }
}

const KEY_CHECK = 'slipway';
const KEY_PLACE = 'settings/master-key';

/** The database keeps the name of its key and a value sealed with it; another key is refused before anything is read or written. */
async function rightKey(database: Database, cipher: Cipher): Promise<void> {
  await database.rows('key-put', [JSON.stringify({ keyId: cipher.keyId, check: cipher.seal(KEY_CHECK, KEY_PLACE) })]);
  const [row] = await database.rows<{ value: { keyId: string; check: string } }>('key-get');
  const { keyId, check } = row!.value;
  if (keyId !== cipher.keyId) {
    throw new AppError(
      'internal',
      `This database was made with master key ${keyId}, but this process was given ${cipher.keyId}. Start with the key file the database was made with (SLIPWAY_MASTER_KEY_FILE).`,
    );
  }
  cipher.open(check, KEY_PLACE);
}

/** Maintenance: partitions ahead and old ones away, what is left of removed objects away. A failure is tried again: there is room for many minutes. */
async function attempt(database: Database, name: string, values: unknown[] = []): Promise<void> {
  await database.rows(name, values).catch(() => undefined);
}
