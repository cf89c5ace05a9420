/** Observations in Postgres, and their stream: rows in the order of writing, read while somebody follows. */
import { type Bell, createBell } from '../signals.ts';
import type { Observation } from '../store.ts';
import type { Database } from './database.ts';
import { createLoader } from './loader.ts';

interface Row {
  subject: string;
  source: string;
  data: Observation['data'];
  seen_at: Date;
  number: string;
}

/** Without a signal the stream is looked at this often. */
const POLL_MS = 250;

/** Reads observations. */
export interface Observations {
  of(subject: string): Promise<Observation[]>;
  bySource(source: string, limit: number): Promise<Observation[]>;
  forget(subject: string): Promise<void>;
  follow(signal: AbortSignal): AsyncIterable<Observation>;
  poke(): void;
  close(): void;
}

/** Observations of a database. */
export function createObservations(database: Database): Observations {
  const poked: Bell = createBell();
  let closed = false;

  async function* follow(start: Promise<number | null>, signal: AbortSignal): AsyncIterable<Observation> {
    let after = await start;
    while (!signal.aborted && !closed) {
      try {
        after ??= await headOf(database);
        const rows = await database.rows<Row>('observations-after', [after]);
        for (const row of rows) {
          after = Number(row.number);
          if (signal.aborted) return;
          yield fromRow(row);
        }
        if (rows.length) continue;
      } catch {
        // The database is away: go on where we were when it is back.
      }
      await poked.wait(POLL_MS, signal);
    }
  }

  return {
    of: createLoader((subjects: string[]) => seenOf(database, subjects)),
    bySource: async (source, limit) => (await database.rows<Row>('observations-of', [source, limit])).map(fromRow),
    forget: async (subject) => void (await database.rows('forget', [subject])),
    // The start is read at the call, not at the first read of the stream.
    follow: (signal) =>
      follow(
        headOf(database).catch(() => null),
        signal,
      ),
    poke: () => poked.ring(),
    close() {
      closed = true;
      poked.ring();
    },
  };
}

async function headOf(database: Database): Promise<number> {
  const [row] = await database.rows<{ head: string }>('observations-head');
  return Number(row!.head);
}

function fromRow({ subject, source, data, seen_at }: Row): Observation {
  return { subject, source, data, seenAt: seen_at.toISOString() };
}

async function seenOf(database: Database, subjects: string[]): Promise<Observation[][]> {
  const bySubject = new Map<string, Observation[]>(subjects.map((subject) => [subject, []]));
  for (const row of await database.rows<Row>('observations', [[...bySubject.keys()]]))
    bySubject.get(row.subject)?.push(fromRow(row));
  return subjects.map((subject) => [...(bySubject.get(subject) ?? [])]);
}
