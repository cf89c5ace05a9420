/** The overview and the elevations. */
import { z } from 'zod';
import { procedure, router } from '../init.ts';
import { clusterList } from '../views/clusters.ts';
import { fleetSummary } from '../views/fleet.ts';
import { readFleet } from '../views/fleet-read.ts';
import { siteRacks } from '../views/racks.ts';

const Scope = z.object({ site: z.string().max(253).optional() });
const SiteName = z.object({ site: z.string().min(1).max(253) });

export const fleetRouter = router({
  summary: procedure('fleet.read')
    .input(Scope)
    .query(async ({ ctx, input }) => {
      const [fleet, clusters] = await Promise.all([readFleet(ctx.store), clusterList(ctx.store)]);
      return fleetSummary(fleet, clusters.rows, input.site);
    }),
});

export const racksRouter = router({
  site: procedure('fleet.read')
    .input(SiteName)
    .query(async ({ ctx, input }) => siteRacks(await readFleet(ctx.store), input.site)),
});
