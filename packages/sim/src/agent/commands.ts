/** The agent's commands: none while one is running, results kept for as long as the agent lives. */
import { randomUUID } from 'node:crypto';
import { lasts, setPower } from '../server.ts';
import type { AgentState } from './agent.ts';
import { eraseMetadata, writeImage } from './disk.ts';
import { inventoryOf } from './inventory.ts';
import { RestError, shownError } from './rest-error.ts';
import { CLEAN_STEPS, DEPLOY_STEPS, MANAGER_VERSIONS } from './steps.ts';

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

type Params = Record<string, unknown>;
type Work = (agent: AgentState, params: Params) => Promise<Record<string, unknown> | null>;

/** A command as the API shows it. */
export function commandView(command: Command) {
  const { id, name, status, error, result } = command;
  return { id, command_name: name, command_status: status, command_error: error, command_result: result };
}

/** Starts a command. Throws RestError: for a name it does not know, and while another command is running. */
export function startCommand(agent: AgentState, fullName: string, params: Params): Command {
  const [extension = '', name] = fullName.split('.');
  if (name === undefined) throw new RestError('InvalidCommandError', 'Command name must be of the form <extension>.<name>');
  const running = agent.commands.all.at(-1);
  if (running?.status === 'RUNNING') throw new RestError('AgentIsBusy', `executing command ${running.name}`);
  const found = COMMANDS[fullName];
  if (!found && !Object.keys(COMMANDS).some((each) => each.startsWith(`${extension}.`)))
    throw new RestError('RequestedObjectNotFoundError', `Extension with id ${extension} not found.`);
  if (!found) throw new RestError('InvalidCommandError', `Unknown command: ${name}`);
  const command: Command = {
    id: randomUUID(),
    name,
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

async function finish(agent: AgentState, command: Command, work: Promise<Record<string, unknown> | null>): Promise<void> {
  try {
    command.result = await work;
    command.status = 'SUCCEEDED';
  } catch (error) {
    command.error = shownError(error);
    command.status = 'FAILED';
  }
  if (command.asynchronous && !agent.signal.aborted) agent.beatNow();
}

const executeCleanStep: Work = async (agent, params) => {
  const wanted = stepOf(params, 'clean');
  if (wanted.step === 'erase_devices_metadata' || wanted.step === 'erase_devices') await eraseMetadata(agent, wanted.step);
  else if (!CLEAN_STEPS.GenericHardwareManager.some((each) => each.step === wanted.step))
    throw new RestError('HardwareManagerMethodNotFound', `Could not find method: ${wanted.step}`);
  return { clean_result: null, clean_step: wanted };
};

const executeDeployStep: Work = async (agent, params) => {
  const wanted = stepOf(params, 'deploy');
  if (wanted.step !== 'write_image')
    throw new RestError('HardwareManagerMethodNotFound', `Could not find method: ${wanted.step}`);
  const args = (wanted.args ?? {}) as Params;
  const node = params.node as Params | undefined;
  const hints = hintsOf(node?.instance_info) ?? hintsOf(node?.properties) ?? hintsOf(await agent.lookUpAgain()) ?? {};
  const result = await prepareImage(agent, args, hints);
  // The whole step, its config drive included, as the agent does.
  return { deploy_result: result, deploy_step: wanted };
};

async function prepareImage(agent: AgentState, args: Params, hints: Params): Promise<{ result: string }> {
  return { result: `prepare_image: ${await writeImage(agent, (args.image_info ?? {}) as Params, args.configdrive, hints)}` };
}

function hintsOf(holder: unknown): Params | undefined {
  const hints = (holder as { root_device?: Params } | undefined)?.root_device;
  return hints && Object.keys(hints).length > 0 ? hints : undefined;
}

const COMMANDS: Record<string, { asynchronous: boolean; work: Work }> = {
  'clean.get_clean_steps': sync(async () => ({ clean_steps: CLEAN_STEPS, hardware_manager_version: MANAGER_VERSIONS })),
  'deploy.get_deploy_steps': sync(async () => ({
    deploy_steps: DEPLOY_STEPS,
    hardware_manager_version: MANAGER_VERSIONS,
  })),
  'clean.execute_clean_step': later(executeCleanStep),
  'deploy.execute_deploy_step': later(executeDeployStep),
  'standby.prepare_image': later((agent, params) => prepareImage(agent, params, {})),
  'standby.get_partition_uuids': sync(async () => ({ 'root uuid': '0x5c6e2f11' })),
  'standby.sync': sync(async () => null),
  'image.install_bootloader': later(async (agent) => {
    await lasts(agent.server, 10, agent.signal);
    agent.server.around.log.add(agent.server.spec.name, 'install-bootloader');
    return null;
  }),
  'standby.power_off': later(async (agent) => {
    setTimeout(() => setPower(agent.server, false), 50);
    return null;
  }),
  'poll.get_hardware_info': sync(async (agent) => inventoryOf(agent.server, agent.args)),
};

function sync(work: Work) {
  return { asynchronous: false, work };
}

function later(work: Work) {
  return { asynchronous: true, work };
}

function stepOf(params: Params, kind: string): Params & { step: string } {
  const wanted = params.step as Params | undefined;
  if (typeof wanted?.step !== 'string') throw new Error(`Malformed ${kind}_step, no "step" key: ${JSON.stringify(wanted)}`);
  return wanted as Params & { step: string };
}
