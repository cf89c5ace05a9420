/** A way to a Postgres that tests can spoil. */
import { connect, createServer, type Socket } from 'node:net';

/** What is swallowed without a word, as a firewall that forgot its state does: nothing, all, or what the server answers. */
export type Swallowed = 'nothing' | 'everything' | 'answers';

/** The way. */
export interface TestProxy {
  /** The database's URL by this way. */
  url: string;
  swallow(what: Swallowed): void;
  /** Breaks all connections. */
  cut(): void;
  close(): void;
}

/** Opens a way to the server of this URL. */
export async function openTestProxy(url: string): Promise<TestProxy> {
  const { hostname, port } = new URL(url);
  let swallowed: Swallowed = 'nothing';
  const open = new Set<Socket>();
  const pass = (from: Socket, to: Socket, passes: () => boolean) => {
    open.add(from);
    from.on('data', (bytes) => passes() && to.write(bytes)).on('close', () => to.destroy());
    from.on('error', () => undefined);
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    pass(near, far, () => swallowed !== 'everything');
    pass(far, near, () => swallowed === 'nothing');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const through = new URL(url);
  through.port = String((server.address() as { port: number }).port);
  const cut = () => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  return {
    url: through.href,
    swallow(what) {
      swallowed = what;
    },
    cut,
    close() {
      server.close();
      cut();
    },
  };
}
