/** Clusters: the list and one cluster. */
import { z } from 'zod';
import { procedure, router } from '../init.ts';
import { clusterDetail, clusterList } from '../views/clusters.ts';

const Name = z.object({ namespace: z.string().min(1).max(63), name: z.string().min(1).max(253) });

export const clustersRouter = router({
  list: procedure('fleet.read').query(({ ctx }) => clusterList(ctx.store)),
  detail: procedure('fleet.read')
    .input(Name)
    .query(({ ctx, input }) => clusterDetail(ctx.store, input.namespace, input.name)),
});
