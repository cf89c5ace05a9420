import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AgentHandlers, bootIsoPath, inspectionPath } from './handlers.ts';
import { agentListener } from './listener.ts';

const calls: unknown[] = [];
let answers: Partial<AgentHandlers> = {};
const handlers: AgentHandlers = {
  lookup: async (request) => {
    calls.push(request);
    return answers.lookup
      ? answers.lookup(request)
      : { found: true, uuid: 'uid', agentToken: 't'.repeat(32), heartbeatTimeoutSeconds: 300 };
  },
  heartbeat: async (beat) => {
    calls.push(beat);
    return answers.heartbeat ? answers.heartbeat(beat) : 'accepted';
  },
  inspection: async (report) => {
    calls.push(report);
    return 'accepted';
  },
  bootIso: async () => null,
};
let server: http.Server;
let base: string;

beforeAll(async () => {
  server = http.createServer(agentListener(handlers));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  calls.length = 0;
  answers = {};
});

const post = (path: string, body: unknown) =>
  fetch(base + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const beat = { callback_url: 'https://10.0.1.10:9999', agent_token: 'token', agent_version: '12.1.0', agent_verify_ca: 'PEM' };

describe('machine listener', () => {
  it('tells its version so that the agent turns on TLS', async () => {
    const answer = await fetch(`${base}/`, { headers: { 'x-openstack-ironic-api-version': '1.68' } });
    const body = (await answer.json()) as { default_version: { version: string } };
    expect(Number(body.default_version.version.slice(2))).toBeGreaterThanOrEqual(68);
    expect(answer.headers.get('x-openstack-ironic-api-version')).toBe('1.68');
  });

  it('answers lookups as Ironic does', async () => {
    const answer = await fetch(`${base}/v1/lookup?addresses=AA:BB:CC:DD:EE:01,nonsense&node_uuid=u`);
    expect(answer.status).toBe(200);
    const config = { heartbeat_timeout: 300, agent_token: 't'.repeat(32), agent_token_required: true };
    expect(await answer.json()).toMatchObject({ node: { uuid: 'uid' }, config });
    expect(calls).toEqual([{ addresses: ['aa:bb:cc:dd:ee:01'], nodeUuid: 'u' }]);
    answers.lookup = async () => ({ found: true, uuid: 'uid', heartbeatTimeoutSeconds: 300 });
    const again = (await (await fetch(`${base}/v1/lookup?node_uuid=u`)).json()) as { config: { agent_token: string } };
    expect(again.config.agent_token).toBe('******');
    answers.lookup = async () => ({ found: false });
    expect((await fetch(`${base}/v1/lookup?node_uuid=u`)).status).toBe(404);
    expect((await fetch(`${base}/v1/lookup`)).status).toBe(400);
  });

  it('takes heartbeats, and answers by outcome', async () => {
    expect((await post('/v1/heartbeat/uid', beat)).status).toBe(202);
    expect(calls[0]).toEqual({
      uuid: 'uid',
      callbackUrl: 'https://10.0.1.10:9999',
      token: 'token',
      version: '12.1.0',
      verifyCa: 'PEM',
    });
    for (const [outcome, status] of [
      ['refused', 403],
      ['unknown', 404],
      ['busy', 409],
    ] as const) {
      answers.heartbeat = async () => outcome;
      const answer = await post('/v1/heartbeat/uid', beat);
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ error_message: { faultstring: expect.any(String) } });
    }
    answers.heartbeat = async () => {
      throw new Error('database password is hunter2');
    };
    const failing = await post('/v1/heartbeat/uid', beat);
    expect([failing.status, await failing.text()]).toEqual([503, expect.not.stringContaining('hunter2')]);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', []],
    ['no token', { ...beat, agent_token: '' }],
    ['a callback with a path', { ...beat, callback_url: 'https://10.0.1.10:9999/admin' }],
    ['a callback that is no web address', { ...beat, callback_url: 'file:///etc/passwd' }],
    ['a callback with a user', { ...beat, callback_url: 'https://user@10.0.1.10:9999' }],
  ])('refuses heartbeats with %s', async (_, body) => {
    expect((await post('/v1/heartbeat/uid', body)).status).toBe(400);
    expect(calls).toEqual([]);
  });

  it('takes inventories by the path of one boot, and bounds them', async () => {
    const path = inspectionPath('uid', 'b1', 'sig');
    const answer = await post(path, { inventory: { interfaces: [] }, pci_devices: [1], error: null });
    expect(answer.status).toBe(202);
    expect(calls).toEqual([
      { hostUid: 'uid', boot: 'b1', token: 'sig', inventory: { interfaces: [] }, pluginData: { pci_devices: [1] } },
    ]);
    expect((await post(path, { pci_devices: [] })).status).toBe(400);
    expect((await post('/v1/heartbeat/uid', { ...beat, filler: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('knows nothing else', async () => {
    for (const path of ['/v1/nodes', '/v1/heartbeat', '/boot/a/b/c', '/%ff', bootIsoPath('u', 'b', 's')]) {
      expect((await fetch(base + path)).status, path).toBeGreaterThanOrEqual(400);
    }
  });
});
