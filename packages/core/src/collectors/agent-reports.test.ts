import { expect, test } from 'vitest';
import type { HardwareDataObject } from '../kinds/hardware-data/kind.ts';
import { testHost } from '../operations/test-host.ts';
import { deriveToken } from '../store/cipher.ts';
import { createAgentHandlers } from './agent-reports.ts';

const KEY = new Uint8Array(32).fill(1);
const PEM = '-----BEGIN CERTIFICATE-----';

async function agents(
  state: 'inspecting' | 'provisioning' | 'provisioned' = 'inspecting',
  boot: string | undefined = 'inspect-b1',
) {
  const made = await testHost(
    { bootMACAddress: 'AA:BB:CC:DD:EE:01', rootDeviceHints: { deviceName: '/dev/sda' } },
    { provisioning: { state, ...(boot ? { boot } : {}) } },
  );
  const { uid } = made.host.metadata;
  const token = (purpose: string, of = boot ?? '') => deriveToken(KEY, purpose, uid, of);
  const handlers = createAgentHandlers({ store: made.store, masterKey: KEY, caPem: 'CA' });
  const beat = { uuid: uid, callbackUrl: 'https://10.0.0.9:9999', token: token('agent'), version: '12\u0000.1', verifyCa: PEM };
  const report = { hostUid: uid, boot: boot ?? '', token: token('inspection'), inventory: INVENTORY, pluginData: {} };
  return { ...made, uid, token, handlers, beat, report };
}

const INVENTORY = {
  interfaces: [{ name: 'eno1', mac_address: 'aa:bb:cc:dd:ee:01', ipv4_address: '10.0.0.9' }],
  disks: [],
  memory: { physical_mb: 1024 },
};

test('a heartbeat is kept and wakes the host', async () => {
  const { handlers, beat, seen, woken } = await agents();
  expect(await handlers.heartbeat(beat)).toBe('accepted');
  expect(await seen('agent')).toMatchObject({
    boot: 'inspect-b1',
    callbackUrl: beat.callbackUrl,
    verifyCa: PEM,
    version: '12 .1',
    heartbeatAt: expect.any(String),
  });
  expect(await woken()).toEqual(['baremetalhosts/host-1']);
});

test.each<[string, { purpose?: string; boot?: string; token?: string; uuid?: string; verifyCa?: string }, string]>([
  ['a wrong token', { token: 'x' }, 'refused'],
  ['the token of another purpose', { purpose: 'iso' }, 'refused'],
  ['the token of another boot', { boot: 'b0' }, 'refused'],
  ['another host', { uuid: 'nobody' }, 'unknown'],
  ['a certificate that is too large', { verifyCa: 'x'.repeat(20_000) }, 'refused'],
])('a heartbeat with %s is %s', async (_name, more, answer) => {
  const { handlers, beat, seen, token, woken } = await agents();
  const { purpose, boot, ...rest } = more;
  const given = rest.token ?? (purpose ? token(purpose) : boot ? token('agent', boot) : beat.token);
  expect(await handlers.heartbeat({ ...beat, ...rest, token: given })).toBe(answer);
  expect([await seen('agent'), await woken()]).toEqual([undefined, []]);
});

test('the callback address stays the same within a boot', async () => {
  const { handlers, beat } = await agents();
  await handlers.heartbeat(beat);
  expect(await handlers.heartbeat({ ...beat, callbackUrl: 'https://10.0.0.66:9999' })).toBe('refused');
  expect(await handlers.heartbeat(beat)).toBe('accepted');
});

test('nobody is listened to once the work is over', async () => {
  const { handlers, beat, report, uid, token } = await agents('provisioned', undefined);
  expect(await handlers.heartbeat(beat)).toBe('unknown');
  expect(await handlers.inspection(report)).toBe('unknown');
  expect(await handlers.bootIso({ hostUid: uid, boot: '', signature: token('iso') })).toBeNull();
  expect(await handlers.lookup({ addresses: [], nodeUuid: uid })).toEqual({ found: false });
});

test('the inventory becomes HardwareData, owned by the host; the agent is then found by its MAC, until it has reported', async () => {
  const { handlers, report, beat, seen, store, uid, woken } = await agents();
  const lookup = () => handlers.lookup({ addresses: ['aa:bb:cc:dd:ee:01'] });
  expect(await lookup()).toEqual({ found: false });
  expect(await handlers.inspection(report)).toBe('accepted');
  expect(await seen('inspection')).toEqual({ boot: 'inspect-b1', at: expect.any(String) });
  const data = (await store.get({
    group: 'metal3.io',
    kind: 'HardwareData',
    namespace: 'metal3',
    name: 'host-1',
  })) as HardwareDataObject;
  expect(data.metadata.ownerReferences).toMatchObject([{ uid, controller: true }]);
  expect(data.spec.hardware).toMatchObject({ ramMebibytes: 1024, nics: [{ mac: 'aa:bb:cc:dd:ee:01', ip: '10.0.0.9' }] });
  expect(await woken()).toEqual(['baremetalhosts/host-1']);

  const found = { found: true, uuid: uid, heartbeatTimeoutSeconds: 300, properties: { root_device: { name: 's== /dev/sda' } } };
  expect(await lookup()).toEqual(found);
  expect(await lookup()).toEqual(found);
  await handlers.heartbeat(beat);
  expect(await lookup()).toEqual({ found: false });
});

test('an agent that has reported is answered when it names its host, and stays as it was seen', async () => {
  const { handlers, beat, seen, uid } = await agents('provisioning', 'b2');
  await handlers.heartbeat(beat);
  const before = await seen('agent');
  expect(await handlers.lookup({ addresses: ['aa:bb:cc:dd:ee:01'], nodeUuid: uid })).toMatchObject({ found: true, uuid: uid });
  expect(await seen('agent')).toEqual(before);
  expect(before).toMatchObject({ callbackUrl: beat.callbackUrl, verifyCa: PEM });
});

test.each([
  ['of the wrong token', { token: 'x' }, 'refused', undefined],
  ['of another boot', { boot: 'b0' }, 'refused', undefined],
  ['that the agent says failed', { error: 'no \u0007disks' }, 'accepted', /collectors failed: no {1,2}disks/],
  ['that is no object', { inventory: 'text' }, 'accepted', /not an object/],
  ['without interfaces', { inventory: {} }, 'accepted', /no network interface/],
] as const)('an inventory %s', async (_name, more, answer, error) => {
  const { handlers, report, seen, store } = await agents();
  expect(await handlers.inspection({ ...report, ...more })).toBe(answer);
  expect((await seen('inspection'))?.error).toEqual(error === undefined ? undefined : expect.stringMatching(error));
  expect(await store.get({ group: 'metal3.io', kind: 'HardwareData', namespace: 'metal3', name: 'host-1' })).toBeNull();
});

test('a MAC address stays with the host that had it first', async () => {
  const { handlers, report, store, uid } = await agents();
  await handlers.inspection(report);
  const other = await store.commit({
    writes: [
      {
        op: 'create',
        object: {
          apiVersion: 'metal3.io/v1alpha1',
          kind: 'BareMetalHost',
          metadata: { name: 'thief', namespace: 'metal3' },
          spec: {},
          status: { provisioning: { state: 'inspecting', boot: 'inspect-t' } },
        } as never,
      },
    ],
  });
  const thief = other.objects[0]!.metadata.uid;
  const stolen = { ...report, hostUid: thief, boot: 'inspect-t', token: deriveToken(KEY, 'inspection', thief, 'inspect-t') };
  expect(await handlers.inspection(stolen)).toBe('accepted');
  expect(await handlers.lookup({ addresses: ['aa:bb:cc:dd:ee:01'] })).toMatchObject({ uuid: uid });
});

test('the ISO of a boot carries its tokens; only boots for inspection ask for the inventory', async () => {
  const first = await agents();
  const iso = await first.handlers.bootIso({ hostUid: first.uid, boot: 'inspect-b1', signature: first.token('iso') });
  expect(iso).toMatchObject({ kernelURL: 'https://x/kernel', proxyURL: 'http://proxy:3128', caPem: 'CA' });
  expect(iso?.kernelArgs).toEqual(
    expect.arrayContaining([
      `ipa-agent-token=${first.token('agent')}`,
      'BOOTIF=aa:bb:cc:dd:ee:01',
      'nofb',
      expect.stringContaining(first.token('inspection')),
    ]),
  );
  expect(await first.handlers.bootIso({ hostUid: first.uid, boot: 'inspect-b1', signature: 'x' })).toBeNull();

  const second = await agents('provisioning', 'b2');
  const later = await second.handlers.bootIso({ hostUid: second.uid, boot: 'b2', signature: second.token('iso') });
  expect(later?.kernelArgs.join(' ')).not.toContain('inspection');
  expect(await second.handlers.lookup({ addresses: ['aa:bb:cc:dd:ee:01'] })).toMatchObject({ found: true });
});
