import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type AgentCommand, AgentError } from '../drivers/agent/client.ts';
import { readIso } from '../drivers/boot/iso9660-read.ts';
import { refKey, refOf } from '../store/object.ts';
import type { Draft, Operation } from '../store/store.ts';
import { createAgentOperations } from './agent.ts';
import { agentHints, imageParams } from './agent-params.ts';
import { testHost } from './test-host.ts';

const IMAGE = {
  url: 'https://images.example.com/a.qcow2',
  checksum: 'a'.repeat(64),
  checksumType: 'sha256',
  format: 'qcow2',
} as const;
const BUSY = { provisioning: { state: 'provisioning', boot: 'b1' } } as const;

const command = (name: string, status: AgentCommand['status'], more: Partial<AgentCommand> = {}): AgentCommand => ({
  id: `c-${name}`,
  name,
  status,
  result: null,
  ...more,
});

/** A host whose agent has run these commands. */
async function agent(commands: AgentCommand[], fails?: AgentError) {
  const made = await testHost({}, BUSY);
  const data = { boot: 'b1', callbackUrl: 'https://10.0.0.9:9999', verifyCa: 'PEM', heartbeatAt: '2026-01-01T00:00:00Z' };
  await made.store.observe([{ subject: refKey(refOf(made.host)), source: 'agent', data, seenAt: '2026-01-01T00:00:00Z' }]);
  const sent: [string, Record<string, unknown>][] = [];
  const handlers = createAgentOperations({
    store: made.store,
    derive: (...parts) => parts.join('+'),
    createAgentClient: (access) => {
      expect(access).toMatchObject({
        token: `agent+${made.host.metadata.uid}+b1`,
        verifyCa: 'PEM',
        proxyURL: 'http://proxy:3128',
      });
      return {
        status: async () => ({ version: '', startedAt: 0 }),
        commands: async () => {
          if (fails) throw fails;
          return commands;
        },
        command: async (name, params) => {
          sent.push([name, params]);
          return command(name.split('.')[1]!, 'RUNNING');
        },
        close: async () => undefined,
      };
    },
  });
  const ask = (way: 'run' | 'poll', kind: string, args: object, more: Partial<Operation> = {}) =>
    handlers[kind]![way]!(made.operation(kind, { boot: 'b1', ...args }, more), made.host);
  return { ask, sent };
}

const WRITE = { image: IMAGE, rootDeviceHints: { deviceName: '/dev/nvme0n1' } };

test('an image is written by a deploy step, and goes on by itself', async () => {
  const { ask, sent } = await agent([]);
  expect(await ask('run', 'agent.writeImage', WRITE)).toEqual({ state: 'running', handle: 'c-execute_deploy_step' });
  expect(sent).toMatchObject([
    [
      'deploy.execute_deploy_step',
      {
        step: {
          interface: 'deploy',
          step: 'write_image',
          args: { image_info: { urls: [IMAGE.url], os_hash_algo: 'sha256', disk_format: 'qcow2' } },
        },
        node: { properties: { root_device: { name: 's== /dev/nvme0n1' } } },
        ports: [],
      },
    ],
  ]);
});

test.each([
  ['running', command('execute_deploy_step', 'RUNNING'), { state: 'running', handle: 'c-execute_deploy_step' }],
  ['done', command('execute_deploy_step', 'SUCCEEDED'), { state: 'succeeded' }],
  [
    'failed',
    command('execute_deploy_step', 'FAILED', { error: { type: 'X', message: 'disk full' } }),
    { state: 'failed', code: 'StepFailed', retryable: false, message: expect.stringContaining('disk full') },
  ],
])('a command that is %s already is adopted: the image is never written twice', async (_name, known, outcome) => {
  const { ask, sent } = await agent([command('execute_clean_step', 'SUCCEEDED'), known]);
  expect(await ask('run', 'agent.writeImage', WRITE)).toEqual(outcome);
  expect(sent).toEqual([]);
});

test('a poll finds its command by the handle', async () => {
  const { ask } = await agent([command('execute_deploy_step', 'SUCCEEDED')]);
  expect(await ask('poll', 'agent.writeImage', WRITE, { state: 'running', handle: 'c-execute_deploy_step' })).toEqual({
    state: 'succeeded',
  });
  expect(await ask('poll', 'agent.writeImage', WRITE, { state: 'running', handle: 'gone' })).toMatchObject({
    state: 'failed',
    code: 'AgentGone',
    retryable: false,
  });
});

test('an agent out of reach leaves what is running as running', async () => {
  const { ask } = await agent([], new AgentError('AgentGone', 'no answer'));
  expect(await ask('poll', 'agent.writeImage', WRITE, { state: 'running', handle: 'h' })).toEqual({
    state: 'running',
    handle: 'h',
  });
  expect(await ask('run', 'agent.writeImage', WRITE)).toMatchObject({ state: 'failed', code: 'AgentGone', retryable: true });
});

test('a boot that is over is not spoken to', async () => {
  const { ask, sent } = await agent([]);
  expect(await ask('run', 'agent.clean', { boot: 'older', step: 'erase_devices_metadata' })).toMatchObject({
    code: 'AgentGone',
    retryable: false,
  });
  expect(sent).toEqual([]);
});

test('hints are written in the agent’s grammar', () => {
  expect(
    agentHints({
      deviceName: '/dev/disk/by-path/pci-0',
      model: 'PM9',
      minSizeGigabytes: 400,
      rotational: false,
      serialNumber: 'X1',
      vendor: '',
    }),
  ).toEqual({
    by_path: 's== /dev/disk/by-path/pci-0',
    model: '<in> PM9',
    size: '>= 400',
    rotational: 'false',
    serial: 's== X1',
  });
});

/** Puts a Secret and builds the parameters of the step with it. */
async function withData(data: Record<string, string>, reference = { namespace: 'metal3', name: 'data' }) {
  const made = await testHost({}, BUSY);
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)]));
  await made.store.commit({
    writes: [
      {
        op: 'create',
        object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'data', namespace: 'metal3' }, data: encoded } as Draft,
      },
    ],
  });
  return imageParams(made.store, made.host, { image: IMAGE, boot: 'b1', userData: reference, metaData: reference });
}

test('the config drive carries user data and metadata', async () => {
  const { configdrive } = await withData({ userData: '#cloud-config', metaData: 'local-hostname: node-1' });
  const iso = readIso(gunzipSync(Buffer.from(configdrive, 'base64')));
  expect(iso.label.toLowerCase()).toBe('config-2');
  const text = gunzipSync(Buffer.from(configdrive, 'base64')).toString('latin1');
  expect(text).toContain('#cloud-config');
  expect(text).toContain('"local-hostname":"node-1"');
  expect(text).toContain('"metal3-name":"host-1"');
});

test.each([
  ['of another namespace', { userData: 'x', metaData: '{}' }, { namespace: 'other', name: 'data' }, /does not hold this host/],
  ['that is missing', { userData: 'x' }, { namespace: 'metal3', name: 'none' }, /does not exist/],
  ['without the key', { other: 'x' }, undefined, /neither userData nor value/],
  [
    'that is no object',
    { userData: 'x', metaData: 'secret: [' },
    undefined,
    /^Secret metal3\/data holds neither a JSON nor a YAML object$/,
  ],
])('data %s is refused', async (_name, data, reference, message) => {
  await expect(withData(data as Record<string, string>, reference)).rejects.toThrow(message);
});
