/** For tests: the API on a memory store, and the real kubectl on the PATH to speak to it. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { AnyKind } from '@slipway/core/registry/define-kind.ts';
import { createPipeline } from '@slipway/core/registry/pipeline.ts';
import type { Pipeline } from '@slipway/core/registry/pipeline-types.ts';
import { createRegistry } from '@slipway/core/registry/registry.ts';
import { createMemoryStore } from '@slipway/core/store/memory/store.ts';
import type { Store } from '@slipway/core/store/store.ts';
import { type Certificates, ensureCertificates } from '../certificates.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import type { AuthenticateToken } from './authenticate.ts';
import { startKubeApi } from './server.ts';

/** What one run of kubectl gave. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running API with its kubectl. */
export interface Harness {
  store: Store;
  pipeline: Pipeline;
  certificates: Certificates;
  port: number;
  /** Runs kubectl; `stdin` is fed to it. Killed after 30 s. */
  kubectl(args: string[], stdin?: string): Promise<Ran>;
  /** Runs kubectl until `enough` is content with its output, then ends it. */
  kubectlUntil(args: string[], enough: (stdout: string) => boolean): Promise<string>;
  close(): Promise<void>;
}

const LONGEST_MS = 30_000;
/** Events the store keeps: enough for any watch of these suites, few enough to run out of on purpose. */
export const EVENTS_KEPT = 50;

/** Starts the API with these kinds on an empty memory store that has the given namespaces. */
export async function startHarness(
  kinds: readonly AnyKind[],
  namespaces: readonly string[],
  options: { authenticateToken?: AuthenticateToken } = {},
): Promise<Harness> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-kube-'));
  const registry = createRegistry(kinds);
  const store = createMemoryStore({
    wakesOf: () => [],
    secretFields: () => [],
    newUid: () => crypto.randomUUID(),
    eventRetention: EVENTS_KEPT,
  });
  const pipeline = createPipeline({ store, registry });
  const user = { name: 'test', groups: [] };
  for (const name of namespaces) {
    await pipeline.create({ kind: registry.find('ns')! }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { user });
  }
  const certificates = await ensureCertificates(join(directory, 'pki'));
  const server = await startKubeApi({
    store,
    registry,
    port: 0,
    host: '127.0.0.1',
    tls: certificates,
    log: () => undefined,
    ...options,
  });
  const kubeconfig = join(directory, 'kubeconfig');
  await writeKubeconfig(kubeconfig, { certificates, port: server.port });
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HOME: directory,
    KUBECTL_KUBERC: 'false',
    KUBE_EDITOR: 'sed -i s/before/after/',
  };
  return {
    ...{ store, pipeline, certificates, port: server.port },
    kubectl: (args, stdin) => run(args, env, stdin),
    kubectlUntil: (args, enough) => runUntil(args, env, enough),
    async close() {
      await server.close();
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function run(args: string[], env: NodeJS.ProcessEnv, stdin = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { env, timeout: LONGEST_MS });
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: stdout.join(''), stderr: stderr.join('') }));
    Readable.from([stdin]).pipe(child.stdin);
  });
}

function runUntil(args: string[], env: NodeJS.ProcessEnv, enough: (stdout: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { env, timeout: LONGEST_MS });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (enough(stdout)) child.kill();
    });
    child.once('error', reject);
    child.once('close', () => resolve(stdout));
  });
}
