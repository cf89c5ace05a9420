/** Login and logout. */
import { z } from 'zod';
import { sessionCookie } from '../../auth/cookie.ts';
import { procedure, router } from '../init.ts';

const Credentials = z.object({ name: z.string().min(1).max(64), password: z.string().min(1).max(256) });

export const authRouter = router({
  login: procedure('public')
    .input(Credentials)
    .mutation(async ({ ctx, input }) => {
      const { token, person } = await ctx.auth.login({ ...input, address: ctx.address });
      ctx.setCookie(sessionCookie(token, ctx.secure));
      return { name: person.name };
    }),

  me: procedure('session').query(({ ctx }) => ({ name: ctx.person?.name ?? '', role: ctx.person?.role ?? 'viewer' })),

  logout: procedure('session').mutation(async ({ ctx }) => {
    if (ctx.token) await ctx.auth.logout(ctx.token);
    ctx.setCookie(sessionCookie(null, ctx.secure));
    return null;
  }),
});
