/** The Postgres that comes with Slipway, for a start without DATABASE_URL: durable, modest, on the loopback alone. */
import { type RunningServer, runServer } from '@slipway/core/store/postgres/server.ts';

/** Where and how the embedded Postgres runs. */
export interface EmbeddedPostgresOptions {
  /** Its directory (`.slipway/postgres`): data, password (mode 0600) and log. */
  dir: string;
  /** Port on 127.0.0.1. */
  port: number;
  log: (line: string) => void;
}

/** Written data must survive a power cut: fsync and synchronous_commit stay on. Memory is small, as it shares a desk with the rest. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_connections: '100',
  // Many small updates of the same rows: clean up early and often (store-measurements.md, section 5).
  autovacuum_naptime: '10s',
  autovacuum_vacuum_scale_factor: '0.05',
  // The log's partitions are written, read once and dropped; a larger WAL makes checkpoints rarer.
  max_wal_size: '2GB',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** Starts it, or takes over one that outlived its Node (kill -9). The URL holds the password. Throws `unavailable` with the way out. */
export function startEmbeddedPostgres({ dir, port, log }: EmbeddedPostgresOptions): Promise<RunningServer> {
  return runServer({ dir, port, settings: SETTINGS, log });
}
