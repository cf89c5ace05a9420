/** The list of collectors, as handlers of queue keys, and the wake-ups that start them. */
import type { Bmc, BmcAccess } from '../drivers/bmc/bmc.ts';
import type { Limits } from '../runtime/limits.ts';
import type { Handler } from '../runtime/worker.ts';
import type { Change, Claim, Store, Wake } from '../store/store.ts';
import { type Collector, createPowerCollector, POWER_COLLECTOR, powerWakes } from './power.ts';
import { createWorkloadCollector, WORKLOAD_COLLECTOR, workloadWakes } from './workload.ts';

/** What collectors need. */
export interface CollectorPorts {
  store: Store;
  limits: Limits;
  openBmc: (access: BmcAccess) => Promise<Bmc>;
  log: (level: 'warn', message: string, detail: Record<string, unknown>) => void;
}

/** A collector that failed is run again after this. */
const AFTER_FAILURE_SECONDS = 30;

/** The handlers of all collectors, by the name of their keys. */
export function createCollectors(ports: CollectorPorts): Record<string, Handler> {
  const collectors: Collector[] = [
    createPowerCollector({ ...ports, bmcRequestSeconds: ports.limits.bmcRequestSeconds }),
    createWorkloadCollector(ports),
  ];
  return Object.fromEntries(collectors.map((collector) => [collector.name, (claim: Claim) => collect(ports, collector, claim)]));
}

/** The wake-ups that a change causes for collectors. */
export function collectorWakes(change: Change): Wake[] {
  return [...powerWakes(change), ...workloadWakes(change)];
}

/** Sweep wake-ups of the collectors: whoever lost its key is found again. */
export const COLLECTOR_SWEEP: Wake[] = [
  { reconciler: POWER_COLLECTOR, select: { group: 'metal3.io', kind: 'BareMetalHost' } },
  { reconciler: WORKLOAD_COLLECTOR, select: { group: 'cluster.x-k8s.io', kind: 'Cluster' } },
];

async function collect({ store, log }: CollectorPorts, collector: Collector, claim: Claim): Promise<void> {
  let againSeconds: number | undefined;
  try {
    ({ againSeconds } = await collector.run(claim));
  } catch (error) {
    log('warn', `${collector.name} failed`, { namespace: claim.namespace, name: claim.name, error });
    againSeconds = AFTER_FAILURE_SECONDS;
  }
  const again = againSeconds === undefined ? undefined : new Date((await store.now()).getTime() + againSeconds * 1000);
  await store.queue.release(claim, again ? { again } : {});
}
