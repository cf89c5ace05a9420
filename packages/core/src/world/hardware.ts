/** The world's metal: carries out bmc.* and agent.* operations on a model of each server and reports as the collectors would. */
import { lasting } from '../model/durations.ts';
import type { OperationOutcome } from '../runtime/operations.ts';
import type { AgentSeen, InspectionSeen, PowerSeen } from '../runtime/seen.ts';
import { type KubeObject, refKey, refOf } from '../store/object.ts';
import type { Operation, Wake } from '../store/store.ts';
import type { World } from './world.ts';

/** A modelled server. */
export interface Server {
  on: boolean;
  /** The agent boot whose ISO is inserted. */
  media?: string;
  bootOnce?: 'Cd' | 'Pxe' | 'Hdd';
  /** The agent that runs. */
  agent?: string;
  /** What is on the disk. */
  disk?: { url: string; userData?: { namespace: string; name: string } };
  /** Each destructive act, in order: an invariant checks that none is repeated. */
  deeds: string[];
  /** Counts power cycles: what was started in an earlier one does not happen any more. */
  cycle: number;
  commands: Map<string, 'running' | 'done'>;
}

/** The metal of a world. */
export interface Hardware {
  servers: Map<string, Server>;
  serverOf: (host: KubeObject) => Server;
  run: (operation: Operation, host: KubeObject) => Promise<OperationOutcome>;
  poll: (operation: Operation, host: KubeObject) => Promise<OperationOutcome>;
}

/** What the metal tells the rest of the world. */
export interface HardwareEvents {
  /** A server boots the image on its disk. */
  booted: (host: KubeObject, server: Server) => void;
  poweredOff: (host: KubeObject) => void;
}

interface HardwareArgs {
  on?: boolean;
  device?: 'Cd' | 'Pxe' | 'Hdd';
  boot?: string;
  step?: string;
}

/** Makes the metal. */
export function createHardware(world: World, events: HardwareEvents): Hardware {
  const servers = new Map<string, Server>();

  function serverOf(host: KubeObject): Server {
    const known = servers.get(host.metadata.uid);
    if (known) return known;
    const server: Server = { on: false, deeds: [], cycle: 0, commands: new Map() };
    servers.set(host.metadata.uid, server);
    return server;
  }

  function wakes(host: KubeObject): Wake[] {
    return [{ reconciler: 'baremetalhosts', namespace: host.metadata.namespace ?? '', name: host.metadata.name }];
  }

  async function report(host: KubeObject, source: string, data: object): Promise<void> {
    const observation = { subject: refKey(refOf(host)), source, data: data as never, seenAt: world.now().toISOString() };
    await world.store.observe([observation], wakes(host));
  }

  async function power(host: KubeObject, on: boolean): Promise<OperationOutcome> {
    const server = serverOf(host);
    if (server.on !== on) {
      server.on = on;
      server.cycle++;
      server.commands.clear();
      delete server.agent;
      if (on) boot(host, server);
      else events.poweredOff(host);
    }
    await report(host, 'power', { on, readAt: world.now().toISOString() } satisfies PowerSeen);
    return { state: 'succeeded' };
  }

  function boot(host: KubeObject, server: Server): void {
    const fromCd = server.bootOnce === 'Cd' && server.media !== undefined;
    delete server.bootOnce;
    const { cycle } = server;
    const still = (what: () => Promise<void>) => async () => {
      if (server.cycle === cycle) await what();
    };
    const boots = lasting('post', world.random) + lasting(fromCd ? 'agentBoot' : 'osBoot', world.random);
    world.after(
      boots,
      still(async () => (fromCd ? agentUp(host, server, still) : events.booted(host, server))),
    );
  }

  async function agentUp(
    host: KubeObject,
    server: Server,
    still: (what: () => Promise<void>) => () => Promise<void>,
  ): Promise<void> {
    const bootId = server.media ?? '';
    server.agent = bootId;
    const beat = async () => {
      const at = world.now().toISOString();
      const seen: AgentSeen = {
        boot: bootId,
        lookedUpAt: at,
        heartbeatAt: at,
        callbackUrl: 'https://192.0.2.1:9999',
        version: '12.0',
      };
      await report(host, 'agent', seen);
      world.after(100, still(beat));
    };
    world.after(
      lasting('inspection', world.random),
      still(async () => {
        await inventory(host);
        await report(host, 'inspection', { boot: bootId, at: world.now().toISOString() } satisfies InspectionSeen);
        await beat();
      }),
    );
  }

  async function inventory(host: KubeObject): Promise<void> {
    const { namespace = '', name } = host.metadata;
    const ref = { group: 'metal3.io', kind: 'HardwareData', namespace, name };
    if (await world.store.get(ref)) return;
    const hardware = {
      hostname: name,
      ramMebibytes: 131_072,
      cpu: { arch: 'x86_64', count: 32, model: 'model', clockMegahertz: 2400, flags: [] },
      nics: [{ name: 'eno1', mac: 'aa:bb:cc:dd:ee:01', ip: '192.0.2.1', model: '0x8086', speedGbps: 25, pxe: true }],
      storage: [{ name: '/dev/nvme0n1', sizeBytes: 480_000_000_000, rotational: false, type: 'NVME' }],
      systemVendor: { manufacturer: 'Example', productName: 'R1', serialNumber: name },
    };
    const object = { apiVersion: 'metal3.io/v1alpha1', kind: 'HardwareData', metadata: { name, namespace }, spec: { hardware } };
    await world.store.commit({ writes: [{ op: 'create', object }] });
  }

  /** An agent command: runs for its time, once per operation id. */
  function command(
    operation: Operation,
    host: KubeObject,
    seconds: number,
    deed: string,
    done: (server: Server) => void,
  ): OperationOutcome {
    const server = serverOf(host);
    const { boot: bootId } = operation.args as { boot: string };
    if (server.agent !== bootId)
      return { state: 'failed', code: 'AgentGone', message: 'no agent of this boot answers', retryable: true };
    if (!server.commands.has(operation.id)) {
      server.deeds.push(deed);
      server.commands.set(operation.id, 'running');
      const { cycle } = server;
      world.after(seconds, async () => {
        if (server.cycle !== cycle) return;
        server.commands.set(operation.id, 'done');
        done(server);
        await report(host, 'progress', { step: deed, startedAt: world.now().toISOString() });
      });
    }
    return { state: 'running', handle: operation.id };
  }

  async function run(operation: Operation, host: KubeObject): Promise<OperationOutcome> {
    const server = serverOf(host);
    const args = operation.args as unknown as HardwareArgs;
    switch (operation.kind) {
      case 'bmc.register':
        return {
          state: 'succeeded',
          result: {
            powerOn: server.on,
            systemId: '1',
            manufacturer: 'Example',
            model: 'R1',
            serialNumber: host.metadata.name,
            bootMode: 'UEFI',
          },
        };
      case 'bmc.power':
        return power(host, args.on === true);
      case 'bmc.bootOnce':
        server.bootOnce = args.device ?? 'Hdd';
        return { state: 'succeeded' };
      case 'bmc.insertAgent':
        server.media = args.boot ?? '';
        return { state: 'succeeded' };
      case 'bmc.ejectMedia':
        delete server.media;
        return { state: 'succeeded' };
      case 'agent.getSteps':
        return { state: 'succeeded', result: { steps: [{ step: 'erase_devices_metadata', interface: 'deploy', priority: 10 }] } };
      case 'agent.sync':
        return { state: 'succeeded' };
      case 'agent.clean':
        return command(
          operation,
          host,
          lasting('eraseMetadata', world.random),
          `clean ${args.step}`,
          (cleaned) => delete cleaned.disk,
        );
      case 'agent.writeImage': {
        const { image, userData } = operation.args as unknown as {
          image: { url: string };
          userData?: { namespace: string; name: string };
        };
        return command(operation, host, lasting('writeImage', world.random), `write ${image.url}`, (written) => {
          written.disk = { url: image.url, ...(userData ? { userData } : {}) };
        });
      }
      case 'agent.installBootloader':
        return command(operation, host, lasting('installBootloader', world.random), 'bootloader', () => undefined);
      default:
        return { state: 'failed', code: 'Unsupported', message: `the world does not know ${operation.kind}`, retryable: false };
    }
  }

  async function poll(operation: Operation, host: KubeObject): Promise<OperationOutcome> {
    const known = serverOf(host).commands.get(operation.id);
    if (known === 'done') return { state: 'succeeded', result: {} };
    if (known === 'running') return { state: 'running', handle: operation.id };
    return { state: 'failed', code: 'AgentGone', message: 'the agent that ran this is gone', retryable: false };
  }

  return { servers, serverOf, run, poll };
}
