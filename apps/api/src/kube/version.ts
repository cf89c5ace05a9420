/** /version and the health addresses: the only ones that need no user. */
import { AppError } from '@slipway/core/errors.ts';
import type { Call } from './call.ts';
import { sendJson } from './respond.ts';

/** The Kubernetes version whose API this server follows. */
const FOLLOWS = { major: '1', minor: '32' };
/** How long the store may take to answer before this server calls itself not ready. */
const READY_MS = 3_000;

/** What clients take this server for. */
export async function version(call: Call): Promise<void> {
  const { major, minor } = FOLLOWS;
  const build = { gitCommit: '', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z', goVersion: '', compiler: 'node' };
  const platform = `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  sendJson(call, 200, { major, minor, gitVersion: `v${major}.${minor}.0+slipway`, ...build, platform });
}

/** The process is alive. */
export async function live(call: Call): Promise<void> {
  ok(call);
}

/** The store answers. */
export async function ready(call: Call): Promise<void> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('late')), READY_MS).unref();
  });
  try {
    await Promise.race([call.deps.store.head(), late]);
  } catch {
    throw new AppError('unavailable', 'the store does not answer');
  }
  ok(call);
}

function ok({ response }: Call): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 2 });
  response.end('ok');
}
