/**
 * Our Redfish driver, opened as production opens it, against sushy-tools 2.2.0. Its quirks: no SessionService, so Basic authentication
 * alone; a login without credentials gets 401, not 404; power follows after 1 to 11 s, at random; `BootSourceOverrideEnabled` always
 * reads Continuous, whatever was set; a Storage collection that nobody configured answers 500.
 */
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Bmc, BmcAccess } from '@slipway/core/drivers/bmc/bmc.ts';
import { BmcAuthFailed, BmcBadAddress, BmcUnreachable } from '@slipway/core/drivers/bmc/errors.ts';
import { openBmc } from '@slipway/core/drivers/bmc/open.ts';
import { closeBmcSessions } from '@slipway/core/drivers/bmc/redfish/sessions.ts';
import { readIso, textOf } from '@slipway/core/drivers/boot/iso9660-read.ts';
import { type Identity, makeIdentity } from '@slipway/sim/tls.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type BootIso, KERNEL_MARK, makeBootIso } from './boot-iso.ts';
import { type EmulatedSystem, type Emulator, startEmulator } from './emulator.ts';

const FIRST: EmulatedSystem = { uuid: '27946b59-9e44-4fa7-8e91-f3527a1ef001', name: 'first', mac: '52:54:00:aa:00:01' };
const SECOND: EmulatedSystem = { uuid: '27946b59-9e44-4fa7-8e91-f3527a1ef002', name: 'second', mac: '52:54:00:aa:00:02' };
const USER = { username: 'admin', password: 'pass:word with ümlaut' };
/** The emulator takes 11 s at most; the rest is for a slow machine. */
const POWER_SECONDS = 40;

let identity: Identity;
let emulator: Emulator;
let iso: BootIso;
let listener: https.Server;
let isoBase: string;

beforeAll(async () => {
  identity = await makeIdentity('interop', { dns: ['localhost'], ips: ['127.0.0.1'] });
  listener = https.createServer({ cert: identity.certificatePem, key: identity.keyPem });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  isoBase = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  iso = await makeBootIso(isoBase, identity.certificatePem);
  listener.on('request', iso.handler);
  emulator = await startEmulator({ systems: [FIRST, SECOND], ...USER, identity });
});
afterAll(async () => {
  await emulator?.stop();
  listener?.close();
  listener?.closeAllConnections();
  await iso?.close();
});
afterEach(() => closeBmcSessions(1));

function open(changes: Partial<BmcAccess> = {}, path = `/redfish/v1/Systems/${FIRST.uuid}`): Promise<Bmc> {
  const address = `redfish-virtualmedia+https://${emulator.host}${path}`;
  return openBmc({ address, ...USER, verifyTls: false, timeoutSeconds: 15, ...changes });
}

/** What the emulator itself says of a resource, asked without our driver. */
async function raw(path: string): Promise<Record<string, unknown>> {
  const authorization = `Basic ${Buffer.from(`${USER.username}:${USER.password}`).toString('base64')}`;
  return new Promise((resolve, reject) => {
    const url = `https://${emulator.host}${path}`;
    const request = https.get(url, { rejectUnauthorized: false, headers: { authorization } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
    });
    request.once('error', reject);
  });
}

describe('our Redfish driver on sushy-tools', () => {
  it('tells who the server is', async () => {
    const identity = await (await open()).identity();
    expect(identity).toMatchObject({
      systemId: FIRST.uuid,
      uuid: FIRST.uuid,
      manufacturer: 'Sushy Emulator',
      bmcFirmware: '1.00',
      bootMode: 'UEFI',
      power: false,
      health: 'OK',
    });
  });

  it('finds and changes a system by its name, which the service redirects', async () => {
    const bmc = await open({}, `/redfish/v1/Systems/${SECOND.name}`);
    expect((await bmc.identity()).uuid).toBe(SECOND.uuid);
    await bmc.bootOnce!.set('Cd', 'UEFI');
    const { Boot } = await raw(`/redfish/v1/Systems/${SECOND.uuid}`);
    expect(Boot).toMatchObject({ BootSourceOverrideTarget: 'Cd', BootSourceOverrideMode: 'UEFI' });
  });

  it('reads network interfaces though the storage cannot be read', async () => {
    const inventory = await (await open()).inventory!.read();
    expect(inventory.nics).toMatchObject([{ mac: FIRST.mac }]);
    expect(inventory).toMatchObject({ disks: [], unread: ['disks'] });
  });

  it('switches the power on and off, and waits until it is so', async () => {
    const bmc = await open();
    await bmc.power.set(true, POWER_SECONDS);
    expect(await bmc.power.get()).toBe(true);
    expect(await raw(`/redfish/v1/Systems/${FIRST.uuid}`)).toMatchObject({ PowerState: 'On' });
    await bmc.power.set(false, POWER_SECONDS);
    expect(await bmc.power.get()).toBe(false);
    expect(await raw(`/redfish/v1/Systems/${FIRST.uuid}`)).toMatchObject({ PowerState: 'Off' });
  }, 90_000);

  it.each(['Cd', 'Hdd', 'Pxe'] as const)('boots once from %s under UEFI', async (device) => {
    await (await open()).bootOnce!.set(device, 'UEFI');
    const { Boot } = await raw(`/redfish/v1/Systems/${FIRST.uuid}`);
    expect(Boot).toMatchObject({ BootSourceOverrideTarget: device, BootSourceOverrideMode: 'UEFI' });
  });

  it('has the emulator fetch our boot ISO by HTTPS, replaces and ejects it', async () => {
    const media = (await open()).virtualMedia!;
    const [one, two] = [isoBase + iso.path('one'), isoBase + iso.path('two')];
    expect(await media.inserted()).toBeNull();
    await media.insert(one);
    expect(await media.inserted()).toBe(one);
    const [file, ...others] = await emulator.fetched();
    expect(others).toEqual([]);
    const content = readIso(await readFile(file!));
    expect(content.label).toBe('VMEDIA_BOOT_ISO');
    expect(content.boot.map((image) => image.platform)).toContain('UEFI');
    expect(textOf(content, 'boot/grub/grub.cfg')).toContain(`ipa-api-url=${isoBase}`);
    expect(textOf(content, 'vmlinuz')?.startsWith(KERNEL_MARK)).toBe(true);
    const asked = iso.asked();
    await media.insert(one);
    expect(iso.asked()).toBe(asked);
    await media.insert(two);
    expect(await media.inserted()).toBe(two);
    await media.eject();
    await media.eject();
    expect(await media.inserted()).toBeNull();
    expect(await emulator.fetched()).toEqual([]);
    expect(await raw(`/redfish/v1/Systems/${FIRST.uuid}/VirtualMedia/Cd`)).toMatchObject({ Image: '', Inserted: false });
  });

  it('says that an ISO cannot be fetched', async () => {
    const media = (await open()).virtualMedia!;
    await expect(media.insert(isoBase + iso.path('unknown'))).rejects.toThrow(/InsertMedia answered 400.*got error 404/);
    expect(await media.inserted()).toBeNull();
  });

  it('refuses wrong credentials as AuthFailed', async () => {
    for (const changes of [{ password: 'wrong' }, { username: 'nobody' }]) {
      const wrong = await open(changes);
      await expect(wrong.identity()).rejects.toThrow(BmcAuthFailed);
      await expect(wrong.power.get()).rejects.toMatchObject({ code: 'AuthFailed', retryable: false });
    }
    expect(await (await open()).power.get()).toBe(false);
  });

  it('says that a system path does not exist, and which to choose from', async () => {
    const unknown = await open({}, '/redfish/v1/Systems/nothing-here');
    await expect(unknown.identity()).rejects.toThrow(BmcBadAddress);
    await expect(unknown.identity()).rejects.toThrow(/has no system \/redfish\/v1\/Systems\/nothing-here/);
    const none = await open({}, '');
    await expect(none.identity()).rejects.toThrow(new RegExp(`has 2 systems .*${FIRST.uuid}`));
  });

  it('refuses its certificate when told to verify', async () => {
    await expect((await open({ verifyTls: true })).identity()).rejects.toThrow(/certificate is not trusted/);
  });

  it('says that an emulator is unreachable once it has stopped', async () => {
    const other = await startEmulator({ systems: [FIRST], ...USER, identity });
    onTestFinished(() => other.stop());
    const bmc = await openBmc({ address: `redfish+https://${other.host}`, ...USER, verifyTls: false, timeoutSeconds: 10 });
    expect((await bmc.identity()).uuid).toBe(FIRST.uuid);
    await other.stop();
    await expect(bmc.identity()).rejects.toThrow(BmcUnreachable);
    await expect(bmc.power.get()).rejects.toMatchObject({ code: 'Unreachable', retryable: true });
  });
});
