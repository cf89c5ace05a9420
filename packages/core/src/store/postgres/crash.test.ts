import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createCipher } from '../cipher.ts';
import { create, eventually, WIDGET, widget, widgetRef } from '../conformance/support.ts';
import type { Claim } from '../store.ts';
import { migrate } from './migrate.ts';
import { runServer } from './server.ts';
import { openPostgresStore } from './store.ts';
import { freePort, openTestStore, TEST_MASTER_KEY } from './test-database.ts';
import { openTestProxy } from './test-proxy.ts';
import { WORKER_FILE } from './test-worker.ts';

const NOTHING = { wakesOf: () => [], secretFields: () => [], newUid: () => randomUUID() };
const keys = ['a', 'b', 'c'].map((name) => ({ reconciler: 'r', namespace: '', name }));

/** Starts a worker in a process of its own; resolves with what it has claimed. */
function startWorker(url: string): Promise<{ child: ChildProcess; claims: Claim[] }> {
  const code = 'import(process.argv[1]).then((worker) => worker.work(process.argv[2]))';
  const child = spawn(process.execPath, ['-e', code, WORKER_FILE, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
    child.stdout!.once('data', (line) => resolve({ child, claims: JSON.parse(String(line)) }));
  });
}

it('takes over the keys of a worker that was killed, and leaves those of a living one', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  await store.queue.wake(keys);
  const { child, claims } = await startWorker(url);
  expect(claims).toHaveLength(3);
  expect(await store.queue.reclaim()).toBe(0);
  expect(await store.queue.claim(10)).toEqual([]);
  await store.queue.wake([keys[0]!]);
  child.kill('SIGKILL');
  // No heartbeat has to run out: the server frees the lock when the dead process's connection closes.
  let freed = 0;
  await eventually(async () => {
    freed += await store.queue.reclaim();
    return freed === 3;
  });
  expect((await store.queue.claim(10)).map((claim) => claim.name).sort()).toEqual(['a', 'b', 'c']);
});

it('frees the claims of a living worker whose answer was lost with the connection, and no others', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  const way = await openTestProxy(url);
  onTestFinished(() => way.close());
  const worker = await openPostgresStore({ ...NOTHING, url: way.url, cipher: createCipher(TEST_MASTER_KEY) });
  onTestFinished(() => worker.close());
  await store.queue.wake([keys[0]!]);
  const [atWork] = await worker.queue.claim(10);
  await store.queue.wake([keys[1]!]);
  way.swallow('answers');
  const lost = expect(worker.queue.claim(10)).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(async () => (await store.queue.depth()).claimed === 2);
  way.swallow('nothing');
  way.cut();
  await lost;
  // The first words on a broken connection may fail.
  let freed = 0;
  await eventually(async () => {
    freed += await worker.queue.reclaim([atWork!]).catch(() => 0);
    return freed > 0;
  });
  expect(freed).toBe(1);
  await eventually(async () => (await worker.queue.claim(10).catch(() => [])).some(({ name }) => name === 'b'));
  expect((await store.queue.depth()).claimed).toBe(2);
});

it('does not let a worker commit a claim that was taken over', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  await store.queue.wake([keys[0]!]);
  const { child, claims } = await startWorker(url);
  child.kill('SIGKILL');
  await eventually(async () => (await store.queue.reclaim()) > 0);
  const [mine] = await store.queue.claim(10);
  const other = await openPostgresStore({ ...NOTHING, url, cipher: createCipher(TEST_MASTER_KEY) });
  onTestFinished(() => other.close());
  const late = other.commit({ writes: [{ op: 'create', object: widget('late') }], done: { claim: claims[0]! } });
  await expect(late).rejects.toMatchObject({ code: 'conflict' });
  await store.commit({ done: { claim: mine! } });
  expect(await store.queue.depth()).toEqual({ waiting: 0, due: 0, claimed: 0 });
});

it('tells another process of commits within a moment, and its watchers of events', async () => {
  const { store, url, close } = await openTestStore();
  onTestFinished(close);
  const other = await openPostgresStore({ ...NOTHING, url, cipher: createCipher(TEST_MASTER_KEY) });
  onTestFinished(() => other.close());
  const watch = other.watch({ ...WIDGET, resourceVersion: await other.head(), signal: AbortSignal.timeout(30_000) });
  const first = watch[Symbol.asyncIterator]().next();
  const idle = other.queue.idle(20_000, AbortSignal.timeout(20_000));
  await create(store, widget('a'), { wakes: [keys[0]!] });
  expect((await first).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } });
  await idle;
});

it('outlives a Postgres that is killed and comes back: unavailable meanwhile, then watches and claims go on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const options = {
    dir: join(dir, 'postgres'),
    port: await freePort(),
    settings: { shared_buffers: '32MB' },
    log: () => undefined,
  };
  const server = await runServerIn(dir, options);
  await migrate(server.url);
  const store = await openPostgresStore({ ...NOTHING, url: server.url, cipher: createCipher(TEST_MASTER_KEY) });
  onTestFinished(async () => {
    await store.close();
    await server.stop();
  });
  const before = await create(store, widget('before'));
  await store.queue.wake(keys);
  const [claim] = await store.queue.claim(1);
  const names: string[] = [];
  const following = (async () => {
    for await (const event of store.watch({ resourceVersion: '1', signal: AbortSignal.timeout(40_000) })) {
      if ('object' in event && names.push(event.object.metadata.name) === 2) return;
    }
  })();
  await eventually(async () => names.length === 1);

  process.kill(Number(readFileSync(join(options.dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await eventually(() =>
    store.get(widgetRef('before')).then(
      () => false,
      (error) => error.code === 'unavailable',
    ),
  );
  await expect(create(store, widget('lost'))).rejects.toMatchObject({ code: 'unavailable' });
  await runServer(options);

  await eventually(() =>
    store.get(widgetRef('before')).then(
      () => true,
      () => false,
    ),
  );
  expect(await store.get(widgetRef('before'))).toEqual(before);
  // Our own session is back before anybody takes our claims for those of a dead process; what was claimed can be given back.
  await eventually(() =>
    store.queue.claim(10).then(
      (claims) => claims.length === 2,
      () => false,
    ),
  );
  await store.commit({ done: { claim: claim! } });
  await create(store, widget('after'));
  await following;
  expect(names).toEqual(['before', 'after']);
});

/** The user of Postgres must be able to enter what mkdtemp made for us alone. */
async function runServerIn(dir: string, options: Parameters<typeof runServer>[0]) {
  await chmod(dir, 0o755);
  return runServer(options);
}
