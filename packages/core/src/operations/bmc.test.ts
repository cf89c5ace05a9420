import { expect, test } from 'vitest';
import type { Bmc, BmcAccess } from '../drivers/bmc/bmc.ts';
import { BmcAuthFailed, BmcUnreachable } from '../drivers/bmc/errors.ts';
import { createBmcOperations } from './bmc.ts';
import { placeholderIn } from './host-access.ts';
import { testHost } from './test-host.ts';

const BOOTING = { provisioning: { state: 'inspecting', boot: 'b1' } } as const;

/** Handlers on a BMC that only notes what it is asked. */
async function handlers(made: Awaited<ReturnType<typeof testHost>>, more: Partial<Bmc> = {}) {
  const asked: unknown[] = [];
  const bmc: Bmc = {
    identity: async () => ({
      systemId: '1',
      manufacturer: 'Dell',
      model: 'R650',
      serialNumber: 'X',
      uuid: '',
      bmcFirmware: '7',
      biosVersion: '1',
      power: true,
    }),
    power: { get: async () => true, set: async (...args) => void asked.push(args) },
    virtualMedia: {
      inserted: async () => null,
      insert: async (url) => void asked.push(url),
      eject: async () => void asked.push('eject'),
    },
    close: async () => void asked.push('close'),
    ...more,
  };
  const openBmc = async (access: BmcAccess) => {
    asked.push(access);
    return bmc;
  };
  const derive = (...parts: string[]) => parts.join('+');
  const ports = { store: made.store, openBmc, derive, bmcRequestSeconds: 30, powerChangeSeconds: 60 };
  const run = (kind: string, args: object) => createBmcOperations(ports)[kind]!.run(made.operation(kind, args), made.host);
  return { run, asked };
}

test('register logs in through the site’s proxy and notes the power', async () => {
  const made = await testHost();
  const { run, asked } = await handlers(made);
  const credentialsVersion = made.host.status?.goodCredentials?.credentialsVersion;
  const outcome = await run('bmc.register', { address: made.host.spec.bmc?.address, credentialsVersion });
  expect(outcome).toMatchObject({ state: 'succeeded', result: { powerOn: true, manufacturer: 'Dell', systemId: '1' } });
  expect(asked[0]).toMatchObject({
    username: 'admin',
    password: 'pw',
    proxyURL: 'http://proxy:3128',
    verifyTls: true,
    timeoutSeconds: 30,
  });
  expect(asked.at(-1)).toBe('close');
  expect(await made.seen('power')).toMatchObject({ on: true, changedAt: expect.any(String) });
  expect(JSON.stringify(outcome)).not.toContain('pw');
});

test('what changed meanwhile is not registered', async () => {
  const made = await testHost();
  const { run } = await handlers(made);
  expect(await run('bmc.register', { address: 'redfish://192.168.1.99', credentialsVersion: '1' })).toMatchObject({
    state: 'failed',
    code: 'BadInput',
  });
});

test.each([
  [
    'a placeholder',
    {},
    { username: 'admin', password: 'CHANGE_ME_IN_VAULT' },
    'BadInput',
    'Secret metal3/s: password is still the placeholder CHANGE_ME_IN_VAULT',
  ],
  [
    'a placeholder, even before the driver is missed',
    { bmc: { address: 'ipmi://192.168.1.10', credentialsName: 's' } },
    { username: 'a', password: 'change_me' },
    'BadInput',
    /placeholder change_me/,
  ],
  [
    'no driver',
    { bmc: { address: 'ipmi://192.168.1.10', credentialsName: 's' } },
    undefined,
    'NoDriver',
    'no driver for ipmi yet',
  ],
  [
    'a BMC outside of the Site',
    { bmc: { address: 'redfish://10.0.0.1', credentialsName: 's' } },
    undefined,
    'BadInput',
    /outside the networks of Site berlin/,
  ],
  [
    'no Secret',
    { bmc: { address: 'redfish://192.168.1.10', credentialsName: 'other' } },
    undefined,
    'BadInput',
    'Secret metal3/other does not exist',
  ],
  ['no password', {}, { username: 'admin' }, 'BadInput', 'Secret metal3/s has no password'],
])('%s: the BMC is not even opened', async (_name, spec, secret, code, message) => {
  const made = await testHost(spec, {}, secret as Record<string, string> | undefined);
  const { run, asked } = await handlers(made);
  expect(await run('bmc.power', { on: true })).toMatchObject({
    state: 'failed',
    code,
    message: expect.stringMatching(message),
    retryable: false,
  });
  expect(asked).toEqual([]);
});

test('the agent’s ISO is inserted by its one-time URL, for this boot only', async () => {
  const made = await testHost({}, BOOTING);
  const { run, asked } = await handlers(made);
  expect(await run('bmc.insertAgent', { boot: 'b1' })).toEqual({ state: 'succeeded' });
  const { uid } = made.host.metadata;
  expect(asked[1]).toBe(`https://slipway.example.com:6385/boot/${uid}/b1/${encodeURIComponent(`iso+${uid}+b1`)}.iso`);
  expect(await run('bmc.insertAgent', { boot: 'older' })).toMatchObject({ state: 'failed', code: 'BadInput' });
});

test.each([
  [new BmcUnreachable('no answer'), 'Unreachable', true],
  [new BmcAuthFailed('401'), 'AuthFailed', false],
])('errors of the driver become outcomes: %s', async (error, code, retryable) => {
  const made = await testHost();
  const set = async () => {
    throw error;
  };
  const { run, asked } = await handlers(made, { power: { get: async () => true, set } });
  expect(await run('bmc.power', { on: true })).toEqual({ state: 'failed', code, message: error.message, retryable });
  expect(asked.at(-1)).toBe('close');
});

test('a capability that the BMC lacks', async () => {
  const made = await testHost();
  const { run } = await handlers(made);
  expect(await run('bmc.bootOnce', { device: 'Cd', mode: 'UEFI' })).toMatchObject({ code: 'Unsupported', retryable: false });
});

test.each([
  ['CHANGE_ME_IN_VAULT', 'the placeholder CHANGE_ME_IN_VAULT'],
  ['changeme', 'the placeholder changeme'],
  ['<password>', 'a placeholder'],
  ['$' + '{BMC_PASSWORD}', 'a placeholder'],
  ['correct horse', null],
])('%s', (value, placeholder) => {
  expect(placeholderIn(value)).toBe(placeholder);
});
