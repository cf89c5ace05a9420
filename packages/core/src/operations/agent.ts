/**
 * Carries out the `agent.*` operations. Before a command is sent, what the agent has run since it booted is looked at: one that was
 * started already is adopted, so that an image is never written twice. Each of our boots asks for each command once.
 */
import { type AgentAccess, type AgentClient, type AgentCommand, AgentError } from '../drivers/agent/client.ts';
import type { BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { type AgentOperation, OPERATION_ERRORS, type OperationOutcome } from '../runtime/operations.ts';
import type { AgentSeen } from '../runtime/seen.ts';
import { type KubeObject, refKey, refOf } from '../store/object.ts';
import type { Operation, Store } from '../store/store.ts';
import { imageParams, nodeOf } from './agent-params.ts';
import type { OperationHandlers } from './bmc.ts';
import { Failed, siteFor } from './host-access.ts';

/** What these operations need. */
export interface AgentPorts {
  store: Store;
  createAgentClient: (access: AgentAccess) => AgentClient;
  derive: (purpose: string, ...parts: string[]) => string;
}

/** A command as it is sent. */
interface Sending {
  /** `extension.command`. */
  name: string;
  params: Record<string, unknown>;
  /** Ends quickly: the answer is waited for. */
  wait: boolean;
}

/** The handlers of all `agent.*` operations. */
export function createAgentOperations(ports: AgentPorts): OperationHandlers {
  const handler = {
    run: (operation: Operation, subject: KubeObject) => withAgent(ports, operation, subject as BareMetalHostObject, start),
    poll: (operation: Operation, subject: KubeObject) => withAgent(ports, operation, subject as BareMetalHostObject, look),
  };
  const kinds: AgentOperation['kind'][] = [
    'agent.getSteps',
    'agent.clean',
    'agent.writeImage',
    'agent.installBootloader',
    'agent.sync',
  ];
  return Object.fromEntries(kinds.map((kind) => [kind, handler]));
}

interface Asking {
  ports: AgentPorts;
  client: AgentClient;
  operation: Operation;
  host: BareMetalHostObject;
  wanted: AgentOperation;
}

async function withAgent(
  ports: AgentPorts,
  operation: Operation,
  host: BareMetalHostObject,
  work: (asking: Asking) => Promise<OperationOutcome>,
): Promise<OperationOutcome> {
  const wanted = { kind: operation.kind, args: operation.args } as unknown as AgentOperation;
  try {
    const client = await clientFor(ports, host, wanted.args.boot);
    try {
      return await work({ ports, client, operation, host, wanted });
    } finally {
      await client.close().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    if (!(error instanceof AgentError)) throw error;
    // A running command goes on while we cannot reach its agent: how long that may last is the planner's to decide.
    if (operation.state === 'running' && operation.handle !== undefined && error.retryable)
      return { state: 'running', handle: operation.handle };
    return { state: 'failed', code: error.code, message: error.message, retryable: error.retryable };
  }
}

async function clientFor(ports: AgentPorts, host: BareMetalHostObject, boot: string): Promise<AgentClient> {
  const observations = await ports.store.observations(refKey(refOf(host)));
  const agent = observations.find(({ source }) => source === 'agent')?.data as AgentSeen | null | undefined;
  if (host.status?.provisioning?.boot !== boot)
    throw new Failed(OPERATION_ERRORS.agentGone, `boot ${boot} of the agent is over`, false);
  if (!agent?.callbackUrl || agent.boot !== boot)
    throw new Failed(OPERATION_ERRORS.agentGone, 'the agent has not reported yet', true);
  const site = await siteFor(ports.store, host);
  return ports.createAgentClient({
    callbackUrl: agent.callbackUrl,
    token: ports.derive('agent', host.metadata.uid, boot),
    ...(agent.verifyCa ? { verifyCa: agent.verifyCa } : {}),
    ...(site.spec.proxyURL ? { proxyURL: site.spec.proxyURL } : {}),
  });
}

/** Adopts the command if the agent has it already, else sends it. */
async function start(asking: Asking): Promise<OperationOutcome> {
  const known = adopt(await asking.client.commands(), asking.wanted);
  if (known) return outcomeOf(known);
  const { name, params, wait } = await sendingOf(asking);
  return outcomeOf(await asking.client.command(name, params, { wait }));
}

async function look({ client, operation }: Asking): Promise<OperationOutcome> {
  const command = (await client.commands()).find(({ id }) => id === operation.handle);
  if (!command) throw new Failed(OPERATION_ERRORS.agentGone, 'the agent has started anew and lost its command', false);
  return outcomeOf(command);
}

const NAMES: Record<AgentOperation['kind'], string> = {
  'agent.getSteps': '',
  'agent.clean': 'execute_clean_step',
  'agent.writeImage': 'execute_deploy_step',
  'agent.installBootloader': 'install_bootloader',
  'agent.sync': 'sync',
};

/** The command that this operation has started in this boot, if there is one. Commands without effect are just asked again. */
function adopt(commands: AgentCommand[], wanted: AgentOperation): AgentCommand | undefined {
  return commands.findLast(({ name, status, result }) => {
    if (name !== NAMES[wanted.kind] || wanted.kind === 'agent.sync') return false;
    if (wanted.kind !== 'agent.clean' || status !== 'SUCCEEDED') return true;
    const step = (result?.clean_step as { step?: unknown } | undefined)?.step;
    return step === undefined || step === wanted.args.step;
  });
}

async function sendingOf({ ports, host, wanted }: Asking): Promise<Sending> {
  const node = nodeOf(host, wanted.kind === 'agent.writeImage' ? wanted.args.rootDeviceHints : host.spec.rootDeviceHints);
  switch (wanted.kind) {
    case 'agent.getSteps':
      return { name: `${wanted.args.phase}.get_${wanted.args.phase}_steps`, params: { node, ports: [] }, wait: true };
    case 'agent.clean': {
      const step = { interface: 'deploy', step: wanted.args.step, priority: 10, abortable: true };
      return { name: 'clean.execute_clean_step', params: { step, node, ports: [] }, wait: false };
    }
    case 'agent.writeImage': {
      const args = await imageParams(ports.store, host, wanted.args);
      const step = { interface: 'deploy', step: 'write_image', priority: 80, args };
      return { name: 'deploy.execute_deploy_step', params: { step, node, ports: [] }, wait: false };
    }
    case 'agent.installBootloader': {
      const mode = wanted.args.mode === 'UEFI' ? 'uefi' : 'bios';
      const params = { root_uuid: null, efi_system_part_uuid: null, prep_boot_part_uuid: null, target_boot_mode: mode };
      return { name: 'image.install_bootloader', params, wait: false };
    }
    case 'agent.sync':
      return { name: 'standby.sync', params: {}, wait: true };
    default:
      return wanted satisfies never;
  }
}

function outcomeOf(command: AgentCommand): OperationOutcome {
  switch (command.status) {
    case 'RUNNING':
      return { state: 'running', handle: command.id };
    case 'SUCCEEDED':
      return { state: 'succeeded' };
    case 'FAILED':
    case 'CLEAN_VERSION_MISMATCH': {
      const said = command.error?.message || command.error?.type || command.status;
      return {
        state: 'failed',
        code: OPERATION_ERRORS.stepFailed,
        message: `The agent failed to ${command.name}: ${said}`,
        retryable: false,
      };
    }
    default:
      return command.status satisfies never;
  }
}
