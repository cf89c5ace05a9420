/** A worker for crash tests, to be run in a process of its own. */
import { randomUUID } from 'node:crypto';
import { createCipher } from '../cipher.ts';
import { openPostgresStore } from './store.ts';
import { TEST_MASTER_KEY } from './test-database.ts';

/** This file, for the child process to import. */
export const WORKER_FILE = import.meta.filename;

/** Claims all due keys, says so on stdout, and works on them without end. */
export async function work(url: string): Promise<void> {
  const cipher = createCipher(TEST_MASTER_KEY);
  const store = await openPostgresStore({ url, cipher, wakesOf: () => [], secretFields: () => [], newUid: () => randomUUID() });
  console.log(JSON.stringify(await store.queue.claim(100)));
  setInterval(() => undefined, 60_000);
}
