/** The worker role: reconcilers, collectors and the garbage collector on the queue. */
import { randomInt } from 'node:crypto';
import { COLLECTOR_SWEEP, createCollectors } from '@slipway/core/collectors/index.ts';
import { createAgentClient } from '@slipway/core/drivers/agent/client.ts';
import { openBmc } from '@slipway/core/drivers/bmc/open.ts';
import { createOperationRunner } from '@slipway/core/operations/runner.ts';
import { createSecretMaker } from '@slipway/core/operations/secrets.ts';
import { RECONCILERS } from '@slipway/core/reconcilers.ts';
import { LIMITS, type Limits } from '@slipway/core/runtime/limits.ts';
import { suffixFrom } from '@slipway/core/runtime/suffix.ts';
import { reconcilerHandlers, startWorker, sweepWakes } from '@slipway/core/runtime/worker.ts';
import { deriveToken } from '@slipway/core/store/cipher.ts';
import { collectGarbage } from '@slipway/core/store/garbage.ts';
import type { Claim } from '@slipway/core/store/store.ts';
import type { Log } from './log.ts';
import type { Opened } from './open-store.ts';
import type { Settings } from './settings.ts';

/** Starts the role. */
export async function runWorker(
  settings: Settings,
  { store, masterKey }: Opened,
  log: Log,
): Promise<{ stop: () => Promise<void> }> {
  const limits: Limits = {
    ...LIMITS,
    powerPollSeconds: settings['power-poll-seconds'],
    nodePollSeconds: settings['node-poll-seconds'],
  };
  const derive = (purpose: string, ...parts: string[]) => deriveToken(masterKey, purpose, ...parts);
  const secrets = createSecretMaker({ store });
  const handlers = {
    ...reconcilerHandlers(RECONCILERS, {
      store,
      runner: createOperationRunner({ store, limits, openBmc, createAgentClient, derive }),
      ensureSecret: secrets.ensureSecret,
      suffix: () => suffixFrom(() => randomInt(2 ** 32) / 2 ** 32),
      limits,
      log,
    }),
    ...createCollectors({ store, limits, openBmc, log }),
    'garbage-collector': async (claim: Claim) => {
      await collectGarbage(store, claim.name);
      await store.queue.release(claim, {});
    },
  };
  const sweep = { everySeconds: limits.sweepSeconds, wakes: [...sweepWakes(RECONCILERS), ...COLLECTOR_SWEEP] };
  const worker = startWorker({ store, handlers, concurrency: settings.concurrency, log, sweep });
  return { stop: () => worker.stop(20_000) };
}
