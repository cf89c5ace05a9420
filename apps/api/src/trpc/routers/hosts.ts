/** Hosts: the table and one host. */
import { parseLabelSelector } from '@slipway/core/registry/selectors.ts';
import { z } from 'zod';
import { procedure, router } from '../init.ts';
import { readFleet } from '../views/fleet-read.ts';
import { hostDetail } from '../views/host-detail.ts';
import { HOST_SORTS, hostPage } from '../views/host-list.ts';

const Query = z.object({
  site: z.string().max(253).optional(),
  states: z.array(z.string().max(64)).max(20).optional(),
  labels: z.string().max(2048).default(''),
  text: z.string().max(256).optional(),
  sort: z.enum(HOST_SORTS).default('name'),
  descending: z.boolean().default(false),
  page: z.int().min(1).max(10_000).default(1),
});
const Name = z.object({ namespace: z.string().min(1).max(63), name: z.string().min(1).max(253) });

export const hostsRouter = router({
  list: procedure('fleet.read')
    .input(Query)
    .query(async ({ ctx, input }) => {
      const labels = parseLabelSelector(input.labels);
      return hostPage(await readFleet(ctx.store), { ...input, labels });
    }),
  detail: procedure('fleet.read')
    .input(Name)
    .query(({ ctx, input }) => hostDetail(ctx.store, input.namespace, input.name)),
});
