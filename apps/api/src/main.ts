/** Composition root of the API and worker processes: reads settings, opens the store, starts the roles asked for, ends in order. */
import { isCode } from '@slipway/core/errors.ts';
import { giveMemoryBackWhenIdle } from './idle-memory.ts';
import { createLog } from './log.ts';
import { startMetrics } from './metrics.ts';
import { openStore } from './open-store.ts';
import { runApi } from './run-api.ts';
import { runWorker } from './run-worker.ts';
import { readSettings, type Settings } from './settings.ts';

/** Grace for running work at the end; compose and Kubernetes give 30 to 40 s. */
const STOP_MS = 25_000;

async function main(settings: Settings): Promise<void> {
  const roles = settings.roles.split(',').map((role) => role.trim());
  const unknown = roles.filter((role) => role !== 'api' && role !== 'worker');
  if (unknown.length > 0) throw new Error(`--roles: "${unknown.join(', ')}" is not a role; known are api and worker`);
  const log = createLog(roles.join('+'));
  const opened = await openStore(settings);
  const parts: { stop: () => Promise<void> }[] = [];
  if (roles.includes('api')) parts.push(await runApi(settings, opened, log));
  if (roles.includes('worker')) parts.push(await runWorker(settings, opened, log));
  const metrics = await startMetrics({ store: opened.store, host: settings.host, port: settings['metrics-port'], log });
  giveMemoryBackWhenIdle();
  log('info', 'ready', { roles, pid: process.pid });

  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log('info', 'ending', { signal });
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await Promise.allSettled(parts.map((part) => part.stop()));
    await metrics.close();
    await opened.store.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
}

try {
  await main(readSettings(process.argv.slice(2), process.env));
} catch (error) {
  const expected = isCode(error, 'badRequest') || isCode(error, 'forbidden');
  console.error(error instanceof Error ? (expected ? error.message : error.stack) : error);
  process.exit(1);
}
