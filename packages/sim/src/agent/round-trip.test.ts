/** Hardware and drivers together: agent ISO by virtual media, boot, inspection, commands over pinned TLS, image, boot from disk. */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type AgentClient, type AgentCommand, createAgentClient } from '@slipway/core/drivers/agent/client.ts';
import { type AgentHandlers, bootIsoPath, type Heartbeat, type InspectionReport } from '@slipway/core/drivers/agent/handlers.ts';
import { agentListener } from '@slipway/core/drivers/agent/listener.ts';
import { openBmc } from '@slipway/core/drivers/bmc/open.ts';
import { closeBmcSessions } from '@slipway/core/drivers/bmc/redfish/sessions.ts';
import { agentKernelArgs } from '@slipway/core/drivers/boot/agent-iso.ts';
import { createArtifacts } from '@slipway/core/drivers/boot/artifacts.ts';
import { buildIso } from '@slipway/core/drivers/boot/iso9660.ts';
import { readIso, textOf } from '@slipway/core/drivers/boot/iso9660-read.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClock, type SimClock } from '../clock.ts';
import { type Datacentre, startDatacentre } from '../datacentre.ts';
import { AGENT_IMAGE, IMAGES } from '../images.ts';
import { makeLayout, type ServerSpec, serversOf } from '../layout.ts';
import type { NodeHardware } from '../node-contract.ts';
import { makeIdentity } from '../tls.ts';

const TOKEN = 'agent-token-of-at-least-thirty-two-characters';
const booted: NodeHardware[] = [];
const reports: InspectionReport[] = [];
const beats: Heartbeat[] = [];
let datacentre: Datacentre;
let machines: https.Server;
let machineURL: string;
let caPem: string;
const artifacts = createArtifacts();
/** While it is set, nobody is known to the lookup. */
let unknown = false;
/** While it is set, simulated time stands still. */
let held: Promise<void> | undefined;
const unhurried = makeClock(0);
const clock: SimClock = {
  speed: unhurried.speed,
  sleep: async (seconds, signal) => {
    await held;
    await unhurried.sleep(seconds, signal);
  },
};

const handlers: AgentHandlers = {
  lookup: async ({ addresses }) => {
    if (unknown) return { found: false };
    const spec = serversOf(datacentre.layout).find((each) => addresses.includes(each.macs[0]!));
    return spec ? { found: true, uuid: spec.uuid, heartbeatTimeoutSeconds: 300 } : { found: false };
  },
  heartbeat: async (beat) => {
    if (beat.token !== TOKEN) return 'refused';
    beats.push(beat);
    return 'accepted';
  },
  inspection: async (report) => {
    reports.push(report);
    return report.token === 'inspect' ? 'accepted' : 'refused';
  },
  bootIso: async ({ hostUid, boot, signature }) => {
    if (signature !== 'signed') return null;
    const kernelArgs = agentKernelArgs({
      machineURL,
      hostUid,
      boot,
      agentToken: TOKEN,
      inspectionToken: 'inspect',
      extra: 'nofb quiet',
    });
    return { ...AGENT_IMAGE, proxyURL: datacentre.proxyURLs.lab!, kernelArgs, caPem };
  },
};

beforeAll(async () => {
  const layout = makeLayout({ sites: [{ name: 'lab', racks: 1, serversPerRack: 6 }] });
  const bootNode = (hardware: NodeHardware) => {
    booted.push(hardware);
    return { stop: () => undefined, fault: () => undefined };
  };
  datacentre = await startDatacentre({ clock, layout, bootNode });
  const identity = await makeIdentity('127.0.0.1', { ips: ['127.0.0.1'] });
  caPem = identity.certificatePem;
  machines = https.createServer({ cert: caPem, key: identity.keyPem }, agentListener(handlers, artifacts));
  await new Promise<void>((resolve) => machines.listen(0, '127.0.0.1', resolve));
  machineURL = `https://127.0.0.1:${(machines.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await closeBmcSessions(1);
  await datacentre.stop();
  machines.close();
  machines.closeAllConnections();
  await artifacts.close();
});

async function until<Value>(what: string, look: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const value = await look();
    if (value !== undefined) return value;
  }
  throw new Error(`waited 10 s in vain: ${what}`);
}

function bmcOf(spec: ServerSpec) {
  const access = { username: spec.username, password: spec.password, verifyTls: false, timeoutSeconds: 10 };
  return openBmc({ address: `redfish-virtualmedia://${spec.bmcAddress}`, proxyURL: datacentre.proxyURLs.lab!, ...access });
}

/** Boots the agent of a server and opens a client to it. */
async function bootAgent(spec: ServerSpec, boot: string): Promise<AgentClient> {
  const from = beats.length;
  const bmc = await bmcOf(spec);
  await bmc.power.set(false, 10);
  await bmc.virtualMedia!.insert(`${machineURL}${bootIsoPath(spec.uuid, boot, 'signed')}`);
  await bmc.bootOnce!.set('Cd', 'UEFI');
  await bmc.power.set(true, 10);
  const beat = await until('a heartbeat', () => beats.slice(from).find((each) => each.uuid === spec.uuid));
  const { callbackUrl, token, verifyCa } = beat;
  return createAgentClient({ callbackUrl, token, verifyCa, proxyURL: datacentre.proxyURLs.lab! });
}

async function ended(client: AgentClient, id: string): Promise<AgentCommand> {
  return until('the command to end', async () =>
    (await client.commands()).find((each) => each.id === id && each.status !== 'RUNNING'),
  );
}

const writeImage = (node: object, checksum = IMAGES[1]!.sha256) => ({
  step: {
    interface: 'deploy',
    step: 'write_image',
    args: {
      image_info: { id: 'image', urls: [IMAGES[1]!.url], disk_format: 'qcow2', os_hash_algo: 'sha256', os_hash_value: checksum },
      configdrive: gzipSync(
        buildIso('config-2', [{ path: 'openstack/latest/user_data', data: Buffer.from('#cloud-config') }]),
      ).toString('base64'),
    },
  },
  node,
  ports: [],
});

describe('agent and hardware', () => {
  it.each([0, 1, 2])('installs a server of each maker (%i)', async (index) => {
    const spec = serversOf(datacentre.layout)[index]!;
    const client = await bootAgent(spec, `boot-${index}`);
    const report = reports.find((each) => each.hostUid === spec.uuid)!;
    expect(report).toMatchObject({ boot: `boot-${index}`, token: 'inspect' });
    expect(JSON.stringify(report).length).toBeGreaterThan(8000);
    expect((await client.status()).version).toMatch(/^\d/);
    const steps = await client.command('deploy.get_deploy_steps', { node: {}, ports: [] }, { wait: true });
    expect(steps.result?.deploy_steps).toMatchObject({
      GenericHardwareManager: expect.arrayContaining([expect.objectContaining({ step: 'write_image' })]),
    });

    const clean = await client.command(
      'clean.execute_clean_step',
      { step: { interface: 'deploy', step: 'erase_devices_metadata' }, node: {}, ports: [] },
      { wait: false },
    );
    expect(await ended(client, clean.id)).toMatchObject({ status: 'SUCCEEDED', name: 'execute_clean_step' });
    const hints = { properties: { root_device: { name: 's== /dev/nvme0n1' } } };
    const write = await client.command('deploy.execute_deploy_step', writeImage(hints), { wait: false });
    expect(await ended(client, write.id)).toMatchObject({
      status: 'SUCCEEDED',
      result: {
        deploy_result: { result: expect.stringMatching(/^prepare_image: image \(image\) written to device \/dev\/nvme0n1 /) },
      },
    });
    expect(await client.command('standby.sync', {}, { wait: true })).toMatchObject({ status: 'SUCCEEDED', result: null });
    await client.close();

    const bmc = await bmcOf(spec);
    await bmc.power.set(false, 10);
    await bmc.virtualMedia!.eject();
    await bmc.power.set(true, 10);
    const node = await until('boot from disk', () => booted.find((each) => each.ip === spec.ip));
    expect(node.image).toEqual({ url: IMAGES[1]!.url, kubernetesVersion: 'v1.32.0' });
    expect(textOf(readIso(node.configDrive), 'openstack/latest/user_data')).toBe('#cloud-config');
    const kinds = datacentre.log.entries(spec.name).map((entry) => entry.kind);
    expect(kinds.filter((kind) => kind === 'write-image')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'erase')).toHaveLength(1);
  });

  it('an agent that looked itself up in vain is started again by its service until it is known', async () => {
    const spec = serversOf(datacentre.layout)[4]!;
    unknown = true;
    const client = bootAgent(spec, 'boot-4');
    const kinds = () => datacentre.log.entries(spec.name).map(({ kind }) => kind);
    await until('the agent gives up', () => kinds().includes('agent-stop') || undefined);
    unknown = false;
    expect((await (await client).status()).version).toMatch(/^\d/);
    expect(kinds().filter((kind) => kind === 'agent-start').length).toBeGreaterThan(1);
    await (await client).close();
  });

  it("fails in the agent's words: wrong checksum, missing disk, busy, wrong token", async () => {
    const spec = serversOf(datacentre.layout)[3]!;
    const client = await bootAgent(spec, 'boot-3');
    let release: () => void = () => undefined;
    held = new Promise((resolve) => {
      release = resolve;
    });
    const first = await client.command('deploy.execute_deploy_step', writeImage({}, 'a'.repeat(64)), { wait: false });
    await expect(client.command('deploy.execute_deploy_step', writeImage({}), { wait: false })).rejects.toMatchObject({
      code: 'Busy',
      retryable: true,
    });
    // While one runs, the agent takes no other, not even one that would end at once.
    await expect(client.command('standby.sync', {}, { wait: true })).rejects.toMatchObject({ code: 'Busy' });
    held = undefined;
    release();
    expect((await ended(client, first.id)).error).toMatchObject({ type: 'ImageChecksumError' });
    for (const name of ['clean.nonsense', 'nonsense.nonsense', 'nonsense']) {
      await expect(client.command(name, {}, { wait: true })).rejects.toMatchObject({ code: 'ProtocolError' });
    }
    datacentre.fault('disk-missing', spec.name, true);
    const hints = { properties: { root_device: { name: 's== /dev/nvme0n1' } } };
    const second = await client.command('deploy.execute_deploy_step', writeImage(hints), { wait: false });
    expect((await ended(client, second.id)).error?.message).toContain('No suitable device was found');
    const { callbackUrl, verifyCa } = beats.at(-1)!;
    const stranger = createAgentClient({ callbackUrl, verifyCa, token: 'wrong', proxyURL: datacentre.proxyURLs.lab! });
    await expect(stranger.commands()).rejects.toMatchObject({ code: 'AuthFailed' });
    const impostor = createAgentClient({ callbackUrl, verifyCa: caPem, token: TOKEN, proxyURL: datacentre.proxyURLs.lab! });
    await expect(impostor.status()).rejects.toMatchObject({ code: 'AgentGone' });
    datacentre.fault('agent-dies', spec.name, true);
    await expect(client.status()).rejects.toMatchObject({ code: 'AgentGone', retryable: true });
    await Promise.all([client.close(), stranger.close(), impostor.close()]);
  });

  it('asks again who it is before it writes an image without root device hints', async () => {
    const spec = serversOf(datacentre.layout)[5]!;
    const client = await bootAgent(spec, 'boot-5');
    const asked: (string | undefined)[] = [];
    const { lookup } = handlers;
    handlers.lookup = (request) => {
      asked.push(request.nodeUuid);
      return lookup(request);
    };
    const { id } = await client.command('deploy.execute_deploy_step', writeImage({}), { wait: false });
    expect(await ended(client, id)).toMatchObject({ status: 'SUCCEEDED' });
    handlers.lookup = lookup;
    expect(asked).toEqual([spec.uuid]);
    await client.close();
  });

  it('does not boot an ISO of nobody, and serves ranges of one that is expected', async () => {
    const spec = serversOf(datacentre.layout)[4]!;
    const bmc = await bmcOf(spec);
    await expect(bmc.virtualMedia!.insert(`${machineURL}${bootIsoPath(spec.uuid, 'b', 'forged')}`)).rejects.toThrow(
      /InsertMediaFailed|HTTP 404/,
    );
    const path = bootIsoPath(spec.uuid, 'b', 'signed');
    const whole = await fetchIso(path);
    expect(readIso(whole.body).label).toBe('VMEDIA_BOOT_ISO');
    const part = await fetchIso(path, 'bytes=32768-32775');
    expect(part.status).toBe(206);
    expect(part.body.equals(whole.body.subarray(32768, 32776))).toBe(true);
    expect((await fetchIso(path, 'bytes=99999999-')).status).toBe(416);
  });
});

function fetchIso(path: string, range?: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    https
      .get(`${machineURL}${path}`, { ca: caPem, agent: false, headers: range ? { range } : {} }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
      })
      .on('error', reject);
  });
}
