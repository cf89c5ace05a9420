/** The Site a cluster's servers stand in. Pure. */

import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Metal3Cluster } from '../metal3-cluster/kind.ts';
import type { SiteObject } from '../site/kind.ts';
import { SITE_LABEL } from '../site/site-of.ts';

/** The site decided for the Metal3Cluster; else the one its label names; else the only Site; else null. */
export function siteOfCluster(
  metal3Cluster: ObjectOf<typeof Metal3Cluster> | null,
  sites: readonly SiteObject[],
): SiteObject | null {
  const named = metal3Cluster?.status?.site ?? metal3Cluster?.metadata.labels?.[SITE_LABEL];
  if (named !== undefined) return sites.find((site) => site.metadata.name === named) ?? null;
  return sites.length === 1 ? (sites[0] ?? null) : null;
}
