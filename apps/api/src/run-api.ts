/** The api role: Kubernetes API, tRPC for the console, and the machine listener. */
import { createServer } from 'node:https';
import { join } from 'node:path';
import { createAgentHandlers } from '@slipway/core/collectors/agent-reports.ts';
import { agentListener } from '@slipway/core/drivers/agent/listener.ts';
import { createPipeline } from '@slipway/core/registry/pipeline.ts';
import { createAuth, ensureFirstUser } from './auth/auth.ts';
import { createSqlAuthRecords } from './auth/sql.ts';
import { ensureCertificates, ensureMachineCertificates, writePrivate } from './certificates.ts';
import { makeFirstObjects } from './first-objects.ts';
import { startKubeApi } from './kube/server.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Log } from './log.ts';
import type { Opened } from './open-store.ts';
import type { Settings } from './settings.ts';
import { startTrpc } from './trpc/server.ts';

/** Requests to the machine listener end by then; an ISO of some hundred MB takes minutes on a slow BMC. */
const MACHINE_REQUEST_MS = 15 * 60_000;

/** Starts the role. */
export async function runApi(
  settings: Settings,
  { store, registry, masterKey }: Opened,
  log: Log,
): Promise<{ stop: () => Promise<void> }> {
  await makeFirstObjects(store);
  const names = ['localhost', '127.0.0.1', ...settings.names.split(',').filter(Boolean)];
  const certificates = await ensureCertificates(join(settings.state, 'pki'), { names });
  const machine = await ensureMachineCertificates(join(settings.state, 'machine-pki'), { names });
  const pipeline = createPipeline({ store, registry });
  const { host } = settings;

  const kube = await startKubeApi({ store, registry, host, port: settings['kube-port'], tls: certificates, log });
  await writeKubeconfig(join(settings.state, 'kubeconfig'), { certificates, port: kube.port });
  const records = createSqlAuthRecords(store.query);
  const first = await ensureFirstUser(records);
  if (first) {
    const file = join(settings.state, 'admin-password');
    await writePrivate(file, `${first.password}\n`);
    log('info', `the first user is ${first.name}; delete the file once the password is kept elsewhere`, { file });
  }
  const trpc = await startTrpc({
    ...{ store, registry, pipeline, auth: createAuth(records), host, port: settings['trpc-port'] },
    trustedProxies: settings['trusted-proxies'].split(',').filter(Boolean),
    log: (line, detail) => log('error', line, detail),
  });

  const machines = createServer(
    { cert: machine.cert, key: machine.key, requestTimeout: MACHINE_REQUEST_MS, headersTimeout: 20_000 },
    agentListener(createAgentHandlers({ store, masterKey, caPem: machine.ca, log })),
  );
  await new Promise<void>((resolve, reject) => {
    machines.once('error', reject);
    machines.listen(settings['machine-port'], host, resolve);
  });

  return {
    async stop() {
      machines.close();
      machines.closeAllConnections();
      await Promise.allSettled([kube.close(), trpc.close()]);
    },
  };
}
