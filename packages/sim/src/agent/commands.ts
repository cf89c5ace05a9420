/** The agent's commands: one asynchronous one at a time, results kept for as long as the agent lives. */
import { randomUUID } from 'node:crypto';
import { lasts, setPower } from '../server.ts';
import type { AgentState } from './agent.ts';
import { eraseMetadata, writeImage } from './disk.ts';
import { inventoryOf } from './inventory.ts';

/** A command that was asked for. */
export interface Command {
  id: string;
  /** Without its extension, as the agent shows it. */
  name: string;
  asynchronous: boolean;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  error: { type: string; code: number; message: string; details: string } | null;
  result: Record<string, unknown> | null;
  done: Promise<void>;
}

/** All commands, oldest first. */
export interface CommandBook {
  all: Command[];
}

/** An empty book. */
export function newCommandBook(): CommandBook {
  return { all: [] };
}

/** Another asynchronous command is running. */
export class AgentBusy extends Error {}

type Params = Record<string, unknown>;
type Work = (agent: AgentState, params: Params) => Promise<Record<string, unknown>>;

/** A command as the API shows it. */
export function commandView(command: Command) {
  const { id, name, status, error, result } = command;
  return { id, command_name: name, command_status: status, command_error: error, command_result: result };
}

/** Starts a command. Throws AgentBusy, or Error for a name it does not know. */
export function startCommand(agent: AgentState, fullName: string, params: Params): Command {
  const found = COMMANDS[fullName];
  if (!found) throw new Error(`Invalid command: ${fullName}`);
  const running = agent.commands.all.find((command) => command.status === 'RUNNING');
  if (found.asynchronous && running) throw new AgentBusy(`Agent is busy: executing command ${running.name}`);
  const command: Command = {
    id: randomUUID(),
    name: fullName.split('.')[1]!,
    asynchronous: found.asynchronous,
    status: 'RUNNING',
    error: null,
    result: null,
    done: Promise.resolve(),
  };
  command.done = finish(agent, command, found.work(agent, params));
  agent.commands.all.push(command);
  return command;
}

async function finish(agent: AgentState, command: Command, work: Promise<Record<string, unknown>>): Promise<void> {
  try {
    command.result = await work;
    command.status = 'SUCCEEDED';
  } catch (error) {
    const message = error instanceof Error ? error.message : 'failed';
    command.error = { type: error instanceof Error ? error.name : 'CommandExecutionError', code: 500, message, details: message };
    command.status = 'FAILED';
  }
  if (command.asynchronous && !agent.signal.aborted) agent.beatNow();
}

const MANAGER = 'generic_hardware_manager';
const VERSIONS = { [MANAGER]: '1.2' };

const step = (interfaceName: string, name: string, priority: number) => ({
  interface: interfaceName,
  step: name,
  priority,
  reboot_requested: false,
});

const CLEAN_STEPS = [
  { ...step('deploy', 'erase_devices_metadata', 99), abortable: true },
  { ...step('deploy', 'erase_devices', 10), abortable: true },
  { ...step('deploy', 'erase_devices_express', 0), abortable: true },
  { ...step('deploy', 'erase_pstore', 0), abortable: true },
  { ...step('raid', 'delete_configuration', 0), abortable: true },
  { ...step('raid', 'create_configuration', 0), abortable: true },
];

const DEPLOY_STEPS = [
  { ...step('deploy', 'write_image', 0), argsinfo: null },
  { ...step('deploy', 'inject_files', 0), argsinfo: null },
  { ...step('raid', 'apply_configuration', 0), argsinfo: null },
];

const executeCleanStep: Work = async (agent, params) => {
  const wanted = stepOf(params);
  if (wanted.step === 'erase_devices_metadata' || wanted.step === 'erase_devices') await eraseMetadata(agent, wanted.step);
  else if (!CLEAN_STEPS.some((each) => each.step === wanted.step)) throw new Error(`Could not find clean step ${wanted.step}`);
  return { clean_result: null, clean_step: wanted };
};

const executeDeployStep: Work = async (agent, params) => {
  const wanted = stepOf(params);
  if (wanted.step !== 'write_image') throw new Error(`Could not find deploy step ${wanted.step}`);
  const args = (wanted.args ?? {}) as Params;
  const message = await writeImage(agent, (args.image_info ?? {}) as Params, args.configdrive, params.node as Params | undefined);
  return { deploy_result: message, deploy_step: { ...wanted, args: undefined } };
};

const COMMANDS: Record<string, { asynchronous: boolean; work: Work }> = {
  'clean.get_clean_steps': sync(async () => ({ clean_steps: { [MANAGER]: CLEAN_STEPS }, hardware_manager_version: VERSIONS })),
  'deploy.get_deploy_steps': sync(async () => ({
    deploy_steps: { [MANAGER]: DEPLOY_STEPS },
    hardware_manager_version: VERSIONS,
  })),
  'clean.execute_clean_step': later(executeCleanStep),
  'deploy.execute_deploy_step': later(executeDeployStep),
  'standby.prepare_image': later(async (agent, params) => ({
    result: await writeImage(agent, (params.image_info ?? {}) as Params, params.configdrive, undefined),
  })),
  'standby.get_partition_uuids': sync(async () => ({ 'root uuid': '0x5c6e2f11' })),
  'standby.sync': sync(async () => ({ result: 'sync: completed' })),
  'image.install_bootloader': later(async (agent) => {
    await lasts(agent.server, 10, agent.signal);
    agent.server.around.log.add(agent.server.spec.name, 'install-bootloader');
    return { result: null as unknown as string };
  }),
  'standby.power_off': later(async (agent) => {
    setTimeout(() => setPower(agent.server, false), 50);
    return { result: 'power_off: completed' };
  }),
  'poll.get_hardware_info': sync(async (agent) => inventoryOf(agent.server)),
};

function sync(work: Work) {
  return { asynchronous: false, work };
}

function later(work: Work) {
  return { asynchronous: true, work };
}

function stepOf(params: Params): Params & { step: string } {
  const wanted = params.step as Params | undefined;
  if (typeof wanted?.step !== 'string') throw new Error('the command needs params.step.step');
  return wanted as Params & { step: string };
}
