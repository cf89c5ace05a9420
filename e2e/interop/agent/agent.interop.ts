/** The stock ironic-python-agent against our listener, our client and our operations. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { readIso, textOf } from '@slipway/core/drivers/boot/iso9660-read.ts';
import type { HardwareDataObject } from '@slipway/core/kinds/hardware-data/kind.ts';
import { imageParams } from '@slipway/core/operations/agent-params.ts';
import type { OperationOutcome } from '@slipway/core/runtime/operations.ts';
import { inspectionData } from '@slipway/sim/agent/inventory.ts';
import { kernelArgsOf } from '@slipway/sim/agent/kernel-args.ts';
import { CLEAN_STEPS, DEPLOY_STEPS } from '@slipway/sim/agent/steps.ts';
import { startDatacentre } from '@slipway/sim/datacentre.ts';
import { makeLayout } from '@slipway/sim/layout.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences } from './differences.ts';
import { DATA_AT, type Images, serveImages } from './images.ts';
import { type Machine, makeMachine } from './machine.ts';
import { type Slipway, startSlipway } from './slipway.ts';
import { until } from './until.ts';

/** Without waiting for switches that do not exist, and for retries of downloads (9 of 10 s each). */
const KERNEL_ARGS = 'nofb ipa-debug=1 ipa-lldp-timeout=1 ipa-image-download-connection-retries=0';
let machine: Machine;
let slipway: Slipway;
let images: Images;

beforeAll(async () => {
  machine = makeMachine();
  images = await serveImages(machine.ourIp);
  const agent = { kernelArgs: KERNEL_ARGS, caBundle: images.ca };
  slipway = await startSlipway(machine.ourIp, machine.mac, agent, { value: '#cloud-config\n' });
});
afterAll(async () => {
  await machine?.stop();
  await Promise.all([slipway?.stop(), images?.stop()]);
});

const reported = (boot: string) =>
  until(`a heartbeat of boot ${boot}`, async () => {
    const agent = await slipway.agent();
    return agent?.boot === boot && agent.heartbeatAt ? agent : undefined;
  });

/** Runs an operation to its end. */
async function done(kind: string, args: object): Promise<OperationOutcome> {
  const started = await slipway.operate('run', kind, args);
  if (started.state !== 'running') return started;
  return until(`the end of ${kind}`, async () => {
    const outcome = await slipway.operate('poll', kind, args, started.handle);
    return outcome.state === 'running' ? undefined : outcome;
  });
}

/** What the disk holds from `at`. */
function onDisk(at: number, length: number): Buffer {
  const disk = openSync(machine.disk, 'r');
  try {
    const bytes = Buffer.alloc(length);
    readSync(disk, bytes, 0, length, at);
    return bytes;
  } finally {
    closeSync(disk);
  }
}

/** First sectors of the disk's partitions, by number. */
function partitions(): Map<number, number> {
  const table = execFileSync('sgdisk', ['-p', machine.disk], { encoding: 'utf8' });
  return new Map([...table.matchAll(/^ +(\d+) +(\d+) +\d+ .*$/gm)].map(([, number, sector]) => [Number(number), Number(sector)]));
}

const image = (more: object = {}) => ({
  image: { url: images.url, checksum: images.sha256, checksumType: 'sha256', format: 'qcow2', ...more },
  userData: { namespace: 'metal3', name: 's' },
});
type Params = Record<string, unknown>;
type Steps = { GenericHardwareManager: Params[] };
const node = () => ({ uuid: slipway.uid, properties: {}, instance_info: {} });

it('reports its hardware, looks itself up and sends heartbeats', async () => {
  machine.boot(await slipway.expectBoot('inspecting', 'inspect-b1'));
  const agent = await reported('inspect-b1');
  expect(agent).toMatchObject({ callbackUrl: `https://${machine.ip}:9999`, version: '13.0.0' });
  expect(slipway.asked.map(({ route, status }) => `${route.replace(/inspect-b1\/.*/, '')} ${status}`)).toEqual([
    `POST /v1/continue_inspection/${slipway.uid}/ 202`,
    'GET / 200',
    'GET /v1/lookup 200',
    'GET / 200',
    `POST /v1/heartbeat/${slipway.uid} 202`,
  ]);
  const key = { group: 'metal3.io', kind: 'HardwareData', namespace: 'metal3', name: 'host-1' };
  const { hardware } = ((await slipway.store.get(key)) as HardwareDataObject).spec;
  expect(hardware?.cpu).toMatchObject({ arch: 'x86_64', count: expect.any(Number), flags: expect.arrayContaining(['sse2']) });
  expect(hardware?.ramMebibytes).toBeGreaterThan(0);
  expect(hardware?.nics).toContainEqual({
    name: 'eth.10',
    mac: machine.mac,
    ip: machine.ip,
    pxe: true,
    lldp: { switchID: '02:11:22:33:44:55', portID: 'Ethernet7', switchSystemName: 'leaf-r1-1' },
  });
  expect(hardware?.storage).toMatchObject([{ name: machine.disk, sizeBytes: 5 * 1024 ** 3 }]);
});

it('is as the simulated agent is: what it reports, and what it sends', async () => {
  const medium = await slipway.expectBoot('inspecting', 'inspect-b1');
  const datacentre = await startDatacentre({ layout: makeLayout({ sites: [{ name: 'lab', racks: 1, serversPerRack: 1 }] }) });
  const args = kernelArgsOf(`linux /vmlinuz ${medium.kernelArgs}`)!;
  const simulated = inspectionData(datacentre.servers()[0]!, args);
  await datacentre.stop();
  const real = JSON.parse(slipway.asked[0]!.body) as unknown;
  // The BMC's MAC address is found by IPMI, which a container has not.
  expect(differences(real, simulated, '')).toEqual(['.inventory.bmc_mac: simulated alone']);
  const heartbeat = JSON.parse(slipway.asked.at(-1)!.body) as object;
  expect(Object.keys(heartbeat)).toEqual(['callback_url', 'agent_token', 'agent_version', 'agent_verify_ca']);
  expect(slipway.asked.at(-1)!.headers['x-openstack-ironic-api-version']).toBe('1.68');
});

it('offers its steps, refuses strangers, and says what it does not know', async () => {
  machine.boot(await slipway.expectBoot('provisioning', 'b2'));
  await reported('b2');
  for (const phase of ['clean', 'deploy']) {
    expect(await done('agent.getSteps', { phase })).toEqual({ state: 'succeeded' });
  }
  const client = await slipway.client();
  const steps = (await client.commands()).map(({ result }) => (result?.clean_steps ?? result?.deploy_steps) as Steps);
  expect(steps.map(({ GenericHardwareManager: own }) => own.map(({ argsinfo: _described, ...step }) => step))).toEqual([
    CLEAN_STEPS.GenericHardwareManager,
    DEPLOY_STEPS.GenericHardwareManager,
  ]);
  const { startedAt, version } = await client.status();
  expect([version, Math.abs(Date.now() / 1000 - startedAt) < 3600]).toEqual(['13.0.0', true]);
  const stranger = await slipway.client({ token: 'x'.repeat(43) });
  await expect(stranger.commands()).rejects.toMatchObject({ code: 'AuthFailed', retryable: false });
  await expect(stranger.command('standby.sync', {}, { wait: true })).rejects.toMatchObject({ code: 'AuthFailed' });
  const unknown = { step: { interface: 'deploy', step: 'nonsense' }, node: node(), ports: [] };
  const failed = await client.command('clean.execute_clean_step', unknown, { wait: true });
  expect(failed).toMatchObject({ status: 'FAILED', error: { type: 'HardwareManagerMethodNotFound' } });
  await expect(client.command('clean.nonsense', {}, { wait: true })).rejects.toMatchObject({ code: 'ProtocolError' });
  await expect(client.command('nonsense.nonsense', {}, { wait: true })).rejects.toMatchObject({ code: 'ProtocolError' });
  await Promise.all([client.close(), stranger.close()]);
});

it('writes an image and its config drive, without root device hints', async () => {
  machine.boot(await slipway.expectBoot('provisioning', 'b3'));
  await reported('b3');
  execFileSync('sgdisk', ['-n', '1:1MiB:+1MiB', machine.disk]);
  expect(partitions().size).toBe(1);
  expect(await done('agent.clean', { step: 'erase_devices_metadata' })).toEqual({ state: 'succeeded' });
  expect([partitions().size, onDisk(0, 1024).every((byte) => byte === 0)]).toEqual([0, true]);
  expect(await done('agent.writeImage', image())).toEqual({ state: 'succeeded' });
  expect(await done('agent.writeImage', image())).toEqual({ state: 'succeeded' });
  expect(images.downloads).toBe(1);
  expect(await done('agent.sync', {})).toEqual({ state: 'succeeded' });
  expect(onDisk(DATA_AT, images.text.length).toString()).toBe(images.text);
  const drive = readIso(onDisk(partitions().get(3)! * 512, 1024 * 1024));
  expect([drive.label, textOf(drive, 'openstack/latest/user_data')]).toEqual(['config-2', '#cloud-config\n']);
});

it('is busy while it writes, and when it was started anew its commands are gone', async () => {
  machine.boot(await slipway.expectBoot('inspecting', 'inspect-b4'));
  const before = await reported('inspect-b4');
  const release = images.hold();
  const started = await slipway.operate('run', 'agent.writeImage', image());
  if (started.state !== 'running') throw new Error(`the image is not being written: ${JSON.stringify(started)}`);
  const poll = () => slipway.operate('poll', 'agent.writeImage', image(), started.handle);
  await until('the download', () => images.downloads > 1 || undefined);
  const client = await slipway.client();
  const busy = { code: 'Busy', retryable: true };
  await expect(client.command('standby.sync', {}, { wait: true })).rejects.toMatchObject(busy);
  expect(await slipway.operate('run', 'agent.sync', {})).toMatchObject({ state: 'failed', ...busy });
  expect(await slipway.operate('run', 'agent.writeImage', image())).toEqual(started);
  expect(await poll()).toEqual(started);

  await machine.kill();
  await expect(client.status()).rejects.toMatchObject({ code: 'AgentGone', retryable: true });
  expect(await poll()).toEqual(started);
  expect(await slipway.operate('run', 'agent.sync', {})).toMatchObject({ state: 'failed', code: 'AgentGone', retryable: true });

  machine.restart();
  const after = await until('a new certificate', async () => {
    const agent = await slipway.agent();
    return agent?.verifyCa === before.verifyCa ? undefined : agent;
  });
  expect(after).toMatchObject({ boot: before.boot, callbackUrl: before.callbackUrl });
  await expect(client.status()).rejects.toMatchObject({ code: 'AgentGone', message: expect.stringContaining('certificate') });
  expect(await poll()).toMatchObject({ state: 'failed', code: 'AgentGone', retryable: false });
  release();
  await client.close();
});

it('writes by a list of checksums and raw images, and not what it cannot get or what is not what was promised', async () => {
  const client = await slipway.client();
  const write = async (more: object) => {
    const { image_info: info, configdrive } = (await imageParams(slipway.store, slipway.host, image(more) as never)) as Params;
    const step = { interface: 'deploy', step: 'write_image', priority: 80, args: { image_info: info, configdrive } };
    const { id } = await client.command('deploy.execute_deploy_step', { step, node: node(), ports: [] }, { wait: false });
    return until('the end of the command', async () =>
      (await client.commands()).find((each) => each.id === id && each.status !== 'RUNNING'),
    );
  };
  for (const [more, type, message] of [
    [{ checksum: 'a'.repeat(64) }, 'ImageChecksumError', 'a'.repeat(64)],
    [{ url: images.url.replace('small', 'none') }, 'ImageDownloadFatalError', '404'],
    [{ format: 'raw' }, 'DeploymentError', 'partition table'],
  ] as const) {
    const command = await write(more);
    expect(command).toMatchObject({ status: 'FAILED', error: { type, message: expect.stringContaining(message) } });
  }
  const again = { url: images.url.replace('small', 'again'), checksum: images.md5sums, checksumType: 'md5' };
  const succeeded = { status: 'SUCCEEDED', result: { deploy_step: { step: 'write_image' } } };
  expect(await write(again)).toMatchObject(succeeded);
  execFileSync('wipefs', ['--all', '--force', machine.disk]);
  expect(await write({ url: images.raw.url, checksum: images.raw.sha256, format: 'raw' })).toMatchObject(succeeded);
  expect([onDisk(DATA_AT, images.text.length).toString(), partitions().size]).toEqual([images.text, 3]);
  await client.close();
});
