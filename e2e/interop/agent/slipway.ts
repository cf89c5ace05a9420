/** Our side, as the product wires it, on a memory store: machine listener over HTTPS, the host's operations, an image server. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCa, makeLeaf } from '@slipway/core/bootstrap/pki.ts';
import { createAgentHandlers } from '@slipway/core/collectors/agent-reports.ts';
import { type AgentClient, createAgentClient } from '@slipway/core/drivers/agent/client.ts';
import type { AgentHandlers, InspectionReport } from '@slipway/core/drivers/agent/handlers.ts';
import { agentListener } from '@slipway/core/drivers/agent/listener.ts';
import { agentIso } from '@slipway/core/drivers/boot/agent-iso.ts';
import { createArtifacts } from '@slipway/core/drivers/boot/artifacts.ts';
import { readIso, textOf } from '@slipway/core/drivers/boot/iso9660-read.ts';
import type { BareMetalHostObject } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import type { SiteObject } from '@slipway/core/kinds/site/kind.ts';
import { createAgentOperations } from '@slipway/core/operations/agent.ts';
import { testHost } from '@slipway/core/operations/test-host.ts';
import type { OperationOutcome } from '@slipway/core/runtime/operations.ts';
import type { AgentSeen } from '@slipway/core/runtime/seen.ts';
import { deriveToken } from '@slipway/core/store/cipher.ts';
import type { Operation } from '@slipway/core/store/store.ts';
import type { BootMedium } from './machine.ts';

const MASTER_KEY = new Uint8Array(32).fill(7);

/** A request that the agent sent to the machine listener. */
export interface Asked {
  /** `GET /v1/lookup`. */
  route: string;
  query: string;
  headers: Record<string, unknown>;
  body: string;
  status: number;
}

/** Our side. */
export interface Slipway {
  store: Awaited<ReturnType<typeof testHost>>['store'];
  uid: string;
  host: BareMetalHostObject;
  url: string;
  asked: Asked[];
  reports: InspectionReport[];
  /** Puts the host into a state with a boot, and answers with the medium which the BMC would get. */
  expectBoot(state: 'inspecting' | 'provisioning', boot: string): Promise<BootMedium>;
  agent(): Promise<AgentSeen | undefined>;
  /** A client to the agent as it has reported; `more` replaces. */
  client(more?: { token?: string; verifyCa?: string }): Promise<AgentClient>;
  /** Runs or polls an operation on the host. */
  operate(way: 'run' | 'poll', kind: string, args: object, handle?: string): Promise<OperationOutcome>;
  stop(): Promise<void>;
}

/**
 * Starts it on `ip`, for a host with one interface of that MAC. `agent` = of Site.spec.agentImage. `reachedAs` = our address as the host
 * sees it, where that is another.
 */
export async function startSlipway(
  ip: string,
  mac: string,
  agent: Partial<SiteObject['spec']['agentImage']>,
  secret: Record<string, string>,
  reachedAs = ip,
): Promise<Slipway> {
  const made = await testHost({ bootMACAddress: mac }, {}, secret);
  const { store, host } = made;
  const { uid } = host.metadata;
  const machines = await makeCa('slipway-machines-ca', new Date());
  const serving = await makeLeaf(
    machines,
    { commonName: 'slipway-machines', usages: ['server'], names: [reachedAs], days: 1 },
    new Date(),
  );
  const asked: Asked[] = [];
  const reports: InspectionReport[] = [];
  const real = createAgentHandlers({ store, masterKey: MASTER_KEY, caPem: machines.certificate });
  const handlers: AgentHandlers = {
    ...real,
    inspection: (report) => {
      reports.push(report);
      return real.inspection(report);
    },
  };
  const artifacts = createArtifacts();
  const listen = agentListener(handlers, artifacts);
  const server = createServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
    listen(request, response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('finish', () => {
      const url = new URL(request.url ?? '/', 'https://listener');
      asked.push({
        route: `${request.method} ${url.pathname}`,
        query: url.search,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        status: response.statusCode,
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, ip, resolve));
  const url = `https://${reachedAs}:${(server.address() as AddressInfo).port}`;

  const hostNow = async () => (await store.getByUid(uid)) as BareMetalHostObject;
  const ref = { group: 'fleet.slipway.dev', kind: 'Site', namespace: '', name: 'berlin' };
  const site = (await store.get(ref))!;
  const { proxyURL: _none, ...spec } = site.spec as Record<string, unknown>;
  const image = { kernelURL: fileURL, initrdURL: fileURL, ...agent };
  await store.commit({
    writes: [{ op: 'update', was: site, object: { ...site, spec: { ...spec, machineURL: url, agentImage: image } } as never }],
  });
  const seen = async () => (await made.seen('agent')) as AgentSeen | undefined;
  const token = (boot: string) => deriveToken(MASTER_KEY, 'agent', uid, boot);
  const operations = createAgentOperations({
    store,
    createAgentClient,
    derive: (purpose, ...parts) => deriveToken(MASTER_KEY, purpose, ...parts),
  });

  return {
    store,
    uid,
    host,
    url,
    asked,
    reports,
    agent: seen,
    expectBoot: async (state, boot) => {
      const was = await hostNow();
      const status = { ...was.status, provisioning: { ...was.status?.provisioning, state, boot } };
      await store.commit({ writes: [{ op: 'update', was, object: { ...was, status } }] });
      const input = await handlers.bootIso({ hostUid: uid, boot, signature: deriveToken(MASTER_KEY, 'iso', uid, boot) });
      const { plan } = await agentIso(input!, artifacts);
      const chunks: Uint8Array[] = [];
      for await (const chunk of plan.read(0, plan.size)) chunks.push(chunk);
      const iso = Buffer.concat(chunks);
      const content = readIso(iso);
      const line = /^\s*linux \/vmlinuz (.*)$/m.exec(textOf(content, 'boot/grub/grub.cfg') ?? '')!;
      return { kernelArgs: line[1]!, files: new Map(content.files.map(({ path, data }) => [path, data])), iso };
    },
    client: async (more = {}) => {
      const agent = (await seen())!;
      return createAgentClient({ callbackUrl: agent.callbackUrl!, verifyCa: agent.verifyCa!, token: token(agent.boot), ...more });
    },
    operate: async (way, kind, args, handle) => {
      const now = await hostNow();
      const { boot } = now.status!.provisioning!;
      const more: Partial<Operation> = handle === undefined ? {} : { state: 'running', handle };
      return operations[kind]![way]!(made.operation(kind, { boot, ...args }, more), now);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await artifacts.close();
    },
  };
}

/** Kernel and initrd are not booted here: any file serves. */
const fileURL = import.meta.url;
