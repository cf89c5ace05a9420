/** The client against an agent's answers as ironic-python-agent 13.0.0 was seen to give them (e2e/interop/agent). */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCa } from '../../bootstrap/pki.ts';
import { type AgentClient, createAgentClient } from './client.ts';

let server: https.Server;
let client: AgentClient;
let answer: { status: number; body: unknown } = { status: 200, body: {} };

beforeAll(async () => {
  const { certificate, key } = await makeCa('agent', new Date());
  server = https.createServer({ cert: certificate, key }, (_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const callbackUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createAgentClient({ callbackUrl, token: 't', verifyCa: certificate });
});
afterAll(async () => {
  await client.close();
  server.close();
  server.closeAllConnections();
});

const fault = (faultstring: string) => ({ faultcode: 'Client', faultstring });

it.each([
  [401, '401 Unauthorized: Token invalid.', 'AuthFailed', false],
  [409, 'Agent is busy: executing command execute_deploy_step', 'Busy', true],
  [400, 'Invalid command: Unknown command: nonsense', 'ProtocolError', false],
  [404, 'Not found: Extension with id nonsense not found.', 'ProtocolError', false],
  [500, 'Object of type TypeError is not JSON serializable', 'ProtocolError', false],
  [503, 'unavailable', 'AgentGone', true],
])('HTTP %i: %s', async (status, said, code, retryable) => {
  answer = { status, body: fault(said) };
  await expect(client.commands()).rejects.toMatchObject({ code, retryable, message: expect.stringContaining(said) });
});

it('reads commands: errors in detail, names without their extension', async () => {
  const error = { type: 'HardwareManagerMethodNotFound', code: 500, message: 'No manager', details: 'Could not find method: x' };
  const base = { id: '1', command_status: 'FAILED', command_error: error, command_result: null };
  answer = {
    status: 200,
    body: {
      commands: [
        { ...base, command_name: 'execute_clean_step' },
        { ...base, command_name: 'standby.sync' },
      ],
    },
  };
  const shown = { type: error.type, message: error.details };
  expect(await client.commands()).toEqual([
    { id: '1', name: 'execute_clean_step', status: 'FAILED', error: shown, result: null },
    { id: '1', name: 'sync', status: 'FAILED', error: shown, result: null },
  ]);
});
