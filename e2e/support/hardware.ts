/** The simulated datacentre as a witness: what its BMCs, agents and nodes have done, whatever Slipway says. */
import { PORTS } from './slipway.ts';

/** An entry of the simulator's log. */
export interface HardwareEntry {
  /** RFC 3339. */
  at: string;
  host: string;
  kind: string;
  detail: string;
}

/** A server as the simulator sees it. */
export interface HardwareView {
  name: string;
  site: string;
  role: string;
  power: string;
  phase: string;
}

/** The log of one server, oldest first. */
export function hardwareLog(host: string): Promise<HardwareEntry[]> {
  return ask(`/log?host=${encodeURIComponent(host)}`);
}

/** All servers. */
export function servers(): Promise<HardwareView[]> {
  return ask('/servers');
}

/** Switches a fault of several servers at once. */
export async function faults(name: string, hosts: readonly string[], on: boolean): Promise<void> {
  await Promise.all(hosts.map((target) => ask('/faults', { method: 'POST', body: JSON.stringify({ name, target, on }) })));
}

/** How often a server's disk was written and erased. */
export async function destructive(host: string): Promise<{ writes: number; erases: number }> {
  const entries = await hardwareLog(host);
  const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
  return { writes: count('write-image'), erases: count('erase') };
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${PORTS['sim-port']}${path}`, { ...init, signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`${path} of the simulator: HTTP ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
