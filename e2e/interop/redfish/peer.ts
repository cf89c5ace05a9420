/** What all peers have in common: a Python, an environment, an end. */
import type { ChildProcess } from 'node:child_process';

/** The Python with the peers, from setup.ts. Throws how to run these tests if there is none. */
export function peerPython(): string {
  const python = process.env.INTEROP_REDFISH_PYTHON;
  if (!python) throw new Error('INTEROP_REDFISH_PYTHON is not set: run these tests by `npm run interop -- redfish`');
  return python;
}

/** The peers talk to this machine: a proxy for the world would only be in the way. */
export function withoutProxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$/i.test(name)));
}

/** Ironic ends its own children first, which takes 2 s. */
const END_SECONDS = 15;

/** Ends a peer that we started, and waits until it has ended: asked to first, so that it ends its children, then by force. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), END_SECONDS * 1000);
  await end;
  clearTimeout(force);
}
