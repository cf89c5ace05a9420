import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { keepPostgres } from './keep-postgres.ts';

let end: (() => Promise<void>) | undefined;
let server: Server | undefined;

afterEach(async () => {
  await end?.();
  server?.close();
});

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const made = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1', () => resolve(made));
  });
}

it('starts what has stopped listening, as often as it fails, and leaves alone what listens', async () => {
  server = await listenOn(0);
  const { port } = server.address() as AddressInfo;
  const start = vi.fn(async () => {
    if (start.mock.calls.length === 1) throw new Error('not yet');
    server = await listenOn(port);
  });
  const said: string[] = [];
  end = keepPostgres({ port, start, say: (line) => said.push(line), everyMs: 5 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(start).not.toHaveBeenCalled();
  server.close();
  await vi.waitFor(() => expect(said).toContain('Postgres runs again'), 5000);
  expect(start).toHaveBeenCalledTimes(2);
  expect(said).toContain('Postgres does not start: not yet');
});
