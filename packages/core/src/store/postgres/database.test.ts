import { connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';
import { createTestDatabase, dropTestDatabase } from './test-database.ts';

/** Stands between us and Postgres, and can swallow every byte without closing anything, as a firewall that forgot its state does. */
async function silenceable(url: string): Promise<{ url: string; silent: (is: boolean) => void }> {
  const { hostname, port } = new URL(url);
  let silent = false;
  const open = new Set<Socket>();
  const pass = (from: Socket, to: Socket) => {
    open.add(from);
    from.on('data', (bytes) => silent || to.write(bytes)).on('close', () => to.destroy());
    from.on('error', () => undefined);
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const through = new URL(url);
  through.port = String((server.address() as { port: number }).port);
  return { url: through.href, silent: (is) => (silent = is) };
}

it('a database that is connected but silent fails as unavailable, and what comes later gets a fresh connection', async () => {
  const url = await createTestDatabase();
  onTestFinished(() => dropTestDatabase(url));
  const way = await silenceable(url);
  const database = openDatabase(way.url, 1, 300);
  onTestFinished(() => database.close());
  expect((await database.query('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
  way.silent(true);
  await expect(database.query('select 2 as two', [])).rejects.toMatchObject({ code: 'unavailable' });
  way.silent(false);
  expect((await database.query('select 3 as three', [])).rows).toEqual([{ three: 3 }]);
});
