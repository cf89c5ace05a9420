/** Keeps the embedded Postgres running: it is nobody's child (pg_ctl detaches it), so its port is what tells that it died. */
import { connect } from 'node:net';

/** What is kept and how it is started again. */
export interface KeptPostgres {
  /** Port on 127.0.0.1. */
  port: number;
  /** Starts it on its data again. */
  start: () => Promise<unknown>;
  say: (line: string) => void;
  /** Between two looks. */
  everyMs?: number;
}

/** Looks in a row that find nobody before it counts as dead. */
const MISSED = 2;

/** Starts looking. The answer ends it, and waits for a start under way. */
export function keepPostgres({ port, start, say, everyMs = 500 }: KeptPostgres): () => Promise<void> {
  let going = true;
  let wake = () => {};
  const pause = () =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, everyMs);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  const loop = (async () => {
    for (let missed = 0; going; await pause()) {
      missed = (await listens(port)) ? 0 : missed + 1;
      if (missed < MISSED || !going) continue;
      say('Postgres is gone; starting it again');
      await start().then(
        () => say('Postgres runs again'),
        (error: Error) => say(`Postgres does not start: ${error.message}`),
      );
    }
  })();
  return async () => {
    going = false;
    wake();
    await loop;
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    socket.setTimeout(5000, () => end(true));
  });
}
