/** All procedures. The console imports the type alone. */
import { router } from './init.ts';
import { authRouter } from './routers/auth.ts';
import { clustersRouter } from './routers/clusters.ts';
import { fleetRouter, racksRouter } from './routers/fleet.ts';
import { hostsRouter } from './routers/hosts.ts';
import { liveRouter } from './routers/live.ts';
import { objectsRouter } from './routers/objects.ts';

export const appRouter = router({
  auth: authRouter,
  clusters: clustersRouter,
  fleet: fleetRouter,
  hosts: hostsRouter,
  live: liveRouter,
  objects: objectsRouter,
  racks: racksRouter,
});

/** The router's type, for the console. */
export type AppRouter = typeof appRouter;
