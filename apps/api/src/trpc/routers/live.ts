/** The one subscription of a tab. */
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { procedure, router } from '../init.ts';
import { liveMessages } from '../live.ts';

const Resume = z.object({ lastEventId: z.string().regex(/^\d+$/).max(20).nullish() }).optional();

export const liveRouter = router({
  changes: procedure('fleet.read')
    .input(Resume)
    .subscription(async function* ({ ctx, input, signal }) {
      const allowed = async () => ctx.token !== null && (await ctx.auth.person(ctx.token)) !== null;
      const options = { from: input?.lastEventId ?? undefined, signal: signal ?? AbortSignal.timeout(60_000), allowed };
      for await (const { id, message } of liveMessages(ctx.store, options)) yield tracked(id, message);
    }),
});
