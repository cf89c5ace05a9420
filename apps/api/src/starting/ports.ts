/** Taken ports are found before anything starts, and said clearly. */
import { createServer } from 'node:net';
import type { StartOptions } from './options.ts';

const WHAT = {
  console: ['the console', '--port'],
  kube: ['the Kubernetes API', '--kube-port'],
  trpc: ['the tRPC API', '--trpc-port'],
  machines: ['the agent endpoint', '--machine-port'],
  metrics: ['metrics', '--metrics-port'],
  sim: ['the simulated datacentre', '--sim-port'],
} as const;

/** Throws naming every port that is taken, what wanted it and the flag that moves it. */
export async function assertPortsFree({ ports, console: hasConsole, simulation }: StartOptions): Promise<void> {
  const taken: string[] = [];
  for (const [name, [what, flag]] of Object.entries(WHAT)) {
    if ((name === 'console' && !hasConsole) || (name === 'sim' && !simulation)) continue;
    const port = ports[name as keyof typeof WHAT];
    if (port !== 0 && !(await isFree(port))) taken.push(`port ${port} for ${what} is taken (move it with ${flag})`);
  }
  if (taken.length > 0) throw new Error(`${taken.join('\n')}\nIs another Slipway running? Nothing was started.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
