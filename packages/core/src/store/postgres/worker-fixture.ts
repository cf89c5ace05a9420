/** A worker process for crash tests: claims all due keys, says so on stdout, and works on them without end. */
import { randomUUID } from 'node:crypto';
import { createCipher } from '../cipher.ts';
import { openPostgresStore } from './store.ts';
import { TEST_MASTER_KEY } from './test-database.ts';

const store = await openPostgresStore({
  url: process.argv[2]!,
  cipher: createCipher(TEST_MASTER_KEY),
  wakesOf: () => [],
  secretFields: () => [],
  newUid: () => randomUUID(),
});
const claims = await store.queue.claim(100);
console.log(JSON.stringify(claims));
setInterval(() => undefined, 60_000);
