/** One consistent-enough reading of all hosts and places, from which lists, racks and the overview are cut. */
import { BareMetalHost } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { Rack, type RackObject } from '@slipway/core/kinds/rack/kind.ts';
import { Site, type SiteObject } from '@slipway/core/kinds/site/kind.ts';
import type { Store } from '@slipway/core/store/store.ts';
import type { Sentences } from './because.ts';
import { type HostRow, hostRow } from './hosts.ts';
import { all, observed } from './read.ts';

/** Hosts with their places. */
export interface FleetRead {
  now: string;
  sites: SiteObject[];
  racks: RackObject[];
  hosts: HostRow[];
  sentences: Sentences;
}

/** Reads the fleet. */
export async function readFleet(store: Store): Promise<FleetRead> {
  const [now, sites, racks, objects, sentences, power, progress] = await Promise.all([
    store.now(),
    all(store, Site),
    all(store, Rack),
    all(store, BareMetalHost),
    observed(store, 'because'),
    observed(store, 'power'),
    observed(store, 'progress'),
  ]);
  const context = { sites, sentences, power, progress };
  const hosts = objects.map((host) => hostRow(host, context));
  return { now: now.toISOString(), sites, racks, hosts, sentences };
}

/** How often each word occurs, most frequent first. */
export function tally(words: readonly string[]): { word: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ word, count })).sort((a, b) => b.count - a.count || a.word.localeCompare(b.word));
}
