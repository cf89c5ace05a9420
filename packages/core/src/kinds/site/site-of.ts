/** Which Site a host belongs to. */

import type { SiteObject } from './kind.ts';
import { isInNetworks } from './networks.ts';

/** Label of a host (and of whatever stands in a rack) that names its Site. */
export const SITE_LABEL = 'fleet.slipway.dev/site';
/** Label of a host that names its Rack. */
export const RACK_LABEL = 'fleet.slipway.dev/rack';
/** Label of a host: its lowest rack unit, as text. */
export const UNIT_LABEL = 'fleet.slipway.dev/unit';
/** Label of a host that names its failure domain; the rack stands in for it (Cluster API Metal3). */
export const FAILURE_DOMAIN_LABEL = 'infrastructure.cluster.x-k8s.io/failure-domain';

/**
 * The Site of a host: the one its label names; else the one whose networks hold the BMC's host; else the only Site; else null.
 * A label that names no existing Site gives null: the host waits and says so.
 */
export function siteOf(
  host: { metadata: { labels?: Record<string, string> } },
  sites: readonly SiteObject[],
  bmcHost: string | undefined,
): SiteObject | null {
  const named = host.metadata.labels?.[SITE_LABEL];
  if (named !== undefined) return sites.find((site) => site.metadata.name === named) ?? null;
  const holding = bmcHost === undefined ? [] : sites.filter((site) => isInNetworks(bmcHost, site.spec.bmc.allowedNetworks));
  if (holding.length === 1) return holding[0] ?? null;
  return sites.length === 1 ? (sites[0] ?? null) : null;
}

/** The failure domain of a host: its own label, else its rack; undefined where neither is given. */
export function failureDomainOf(host: { metadata: { labels?: Record<string, string> } }): string | undefined {
  return host.metadata.labels?.[FAILURE_DOMAIN_LABEL] ?? host.metadata.labels?.[RACK_LABEL];
}
