/** Which Site a cluster's hosts come from, where nobody said so: decided once, from the hosts that its templates ask for. Pure. */
import { type HostFacts, type HostWish, turnDown, whyNoneAnywhere } from '../metal3-machine/choose-host.ts';
import type { HostSelector } from '../metal3-machine/parts.ts';

/** What one part of a cluster asks for. */
export interface Demand {
  /** For people: `control plane`, `MachineDeployment workers`. */
  of: string;
  selector?: HostSelector;
  count: number;
}

/**
 * The site that meets most demands in full, then most at all, then with most hosts to spare, then by name. A site needs at least
 * one host for the first demand (the control plane). Hosts that are not available yet count: they may be by the time they are needed.
 */
export function chooseSite(
  sites: readonly string[],
  demands: readonly Demand[],
  hosts: readonly HostFacts[],
  namespace: string,
): { site: string } | { none: string } {
  const ranked = sites
    .map((site) => ({ site, free: demands.map((demand) => freeFor(demand, site, hosts, namespace)) }))
    .filter(({ free }) => (free[0] ?? 1) > 0)
    .map(({ site, free }) => ({ site, score: scoreOf(free, demands) }))
    .sort((a, b) => compare(b.score, a.score) || (a.site < b.site ? -1 : 1));
  const best = ranked[0];
  if (best) return { site: best.site };
  const [first] = demands;
  const why = first ? whyNoneAnywhere(wishOf(first, namespace), hosts.map(onceAvailable)) : 'nothing was asked for';
  return { none: `No Site (${sites.join(', ') || 'there is none'}) has a host for the ${first?.of ?? 'cluster'}: ${why}` };
}

function wishOf(demand: Demand, namespace: string): Omit<HostWish, 'site'> {
  return { machine: '', namespace, controlPlane: false, ...(demand.selector ? { selector: demand.selector } : {}) };
}

function onceAvailable(host: HostFacts): HostFacts {
  return { ...host, state: 'available', error: '' };
}

/** Hosts of a site that fit now or once they are available. */
function freeFor(demand: Demand, site: string, hosts: readonly HostFacts[], namespace: string): number {
  const wish = { ...wishOf(demand, namespace), site };
  return hosts.filter((host) => turnDown(onceAvailable(host), wish) === null).length;
}

function scoreOf(free: readonly number[], demands: readonly Demand[]): number[] {
  const met = demands.filter((demand, index) => free[index]! >= demand.count).length;
  const some = free.filter((count) => count > 0).length;
  const spare = Math.min(...demands.map((demand, index) => free[index]! - demand.count));
  return [met, some, Number.isFinite(spare) ? spare : 0];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, left] of a.entries()) if (left !== b[index]) return left - b[index]!;
  return 0;
}
