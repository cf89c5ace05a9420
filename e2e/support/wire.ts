/** A wire to the console that can be cut and mended: what a browser's offline switch does not do to an open stream. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A cuttable way to a server. */
export interface Wire {
  url: string;
  /** Ends all connections and refuses new ones. */
  cut: () => void;
  mend: () => void;
  close: () => void;
}

/** Lays the wire. */
export async function openWire(target: URL): Promise<Wire> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      whole = false;
      end();
    },
    mend: () => {
      whole = true;
    },
    close: () => {
      server.close();
      end();
    },
  };
}
