/** The agent's REST API on port 9999. */
import type http from 'node:http';
import { readJson, sendJson, socketHttp } from '../http-on-sockets.ts';
import type { AgentState } from './agent.ts';
import { type Command, commandView, startCommand } from './commands.ts';
import { RestError } from './rest-error.ts';
import { VERSION } from './steps.ts';

/** One HTTP server for all agents. */
export const agentApi = socketHttp<AgentState>(serve);

async function serve(agent: AgentState, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  if (agent.server.faults.has('agent-hangs')) return;
  const url = new URL(request.url ?? '/', 'https://agent');
  const path = url.pathname.replace(/\/$/, '');
  if (path === '/v1/status') {
    return sendJson(response, 200, {
      started_at: Date.parse(agent.startedAt) / 1000,
      version: VERSION,
    });
  }
  if (url.searchParams.get('agent_token') !== agent.token) return fault(response, 401, '401 Unauthorized: Token invalid.');
  if (path === '/v1/commands' && request.method === 'GET') {
    return sendJson(response, 200, { commands: agent.commands.all.map(commandView) });
  }
  if (path === '/v1/commands' && request.method === 'POST')
    return execute(agent, request, response, url.searchParams.get('wait') === 'true');
  const id = /^\/v1\/commands\/([^/]+)$/.exec(path)?.[1];
  const command = agent.commands.all.find((each) => each.id === id);
  if (!command) return fault(response, 404, `Not found: Command Result with id ${id} not found.`);
  if (url.searchParams.get('wait') === 'true') await command.done;
  sendJson(response, 200, commandView(command));
}

async function execute(
  agent: AgentState,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  wait: boolean,
): Promise<void> {
  const body = await readJson(request);
  let command: Command;
  try {
    command = startCommand(agent, String(body.name ?? ''), (body.params ?? {}) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof RestError) return fault(response, error.code, error.message);
    throw error;
  }
  if (wait || !command.asynchronous) await command.done;
  sendJson(response, 200, commandView(command));
}

/** Refused requests; a command that failed shows more. */
function fault(response: http.ServerResponse, code: number, message: string): void {
  sendJson(response, code, { faultcode: code < 500 ? 'Client' : 'Server', faultstring: message });
}
