/**
 * sushy 5.14.0, the Redfish client of Ironic, against our simulated BMCs of all makers: real HTTPS, through the site's proxy as in
 * production. Its quirks: it refuses compressed answers (Accept-Encoding: identity), closes the connection after each request, asks a
 * Supermicro for UsbCd when told Cd, and ejects without a body first, then, refused with 400, with `{}`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Datacentre, startDatacentre } from '@slipway/sim/datacentre.ts';
import { disksOf } from '@slipway/sim/hardware.ts';
import { socketHttp } from '@slipway/sim/http-on-sockets.ts';
import { makeLayout, type ServerSpec, serversOf, type Vendor } from '@slipway/sim/layout.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BootIso, makeBootIso } from './boot-iso.ts';
import { peerPython, withoutProxies } from './peer.ts';

const IMAGES = '10.0.0.6';
/** Simulated power takes 3 s / 60; the rest is for a slow machine. */
const SECONDS = 20;

let datacentre: Datacentre;
let iso: BootIso;
let runs: Record<Vendor, Run>;

beforeAll(async () => {
  const layout = makeLayout({ sites: [{ name: 'lab', racks: 1, serversPerRack: 12 }] });
  datacentre = await startDatacentre({ speed: 60, layout });
  iso = await makeBootIso(`http://${IMAGES}`, 'CA');
  const web = socketHttp<true>(async (_owner, request, response) => {
    const ended = new Promise((resolve) => response.once('close', resolve));
    iso.handler(request, response);
    await ended;
  });
  datacentre.networks.lab!.listen(IMAGES, 80, (socket) => web.accept(true, socket));
  runs = runAll();
});
afterAll(async () => {
  await datacentre?.stop();
  await iso?.close();
});

type Step = { step: string } & Record<string, unknown>;

/** Runs client.py on a BMC and gives its lines, by step. Rejects with what it said if it failed. */
function runSushy(spec: ServerSpec): Promise<Record<string, Step>> {
  const job = {
    url: `https://${spec.bmcAddress}/redfish/v1`,
    username: spec.username,
    password: spec.password,
    images: [`http://${IMAGES}${iso.path('one')}`, `http://${IMAGES}${iso.path('two')}`],
    seconds: SECONDS,
  };
  const client = spawn(peerPython(), [join(import.meta.dirname, 'client.py')], {
    env: { ...withoutProxies(), HTTPS_PROXY: datacentre.proxyURLs.lab!, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let lines = '';
  let said = '';
  client.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString('utf8');
  });
  client.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  client.stdin.end(JSON.stringify(job));
  return new Promise((resolve, reject) => {
    client.once('error', reject);
    client.once('close', (status) => {
      if (status !== 0) return reject(new Error(`client.py ended with status ${status} after\n${lines}\nand said\n${said}`));
      const steps = lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Step);
      resolve(Object.fromEntries(steps.map((step) => [step.step, step])));
    });
  });
}

/** All at once: sushy spends its time waiting. */
function runAll(): Record<Vendor, Run> {
  const runOf = (vendor: Vendor): Run => {
    const spec = serversOf(datacentre.layout).find((each) => each.vendor === vendor)!;
    const seen = runSushy(spec);
    // Whoever awaits it hears of its failure.
    seen.catch(() => undefined);
    return { spec, seen };
  };
  return { dell: runOf('dell'), hpe: runOf('hpe'), supermicro: runOf('supermicro') };
}

interface Run {
  spec: ServerSpec;
  seen: Promise<Record<string, Step>>;
}

const PATHS = {
  dell: { system: 'System.Embedded.1', manager: 'iDRAC.Embedded.1', media: 'system', cd: 'Cd' },
  hpe: { system: '1', manager: '1', media: 'manager', cd: 'Cd' },
  supermicro: { system: '1', manager: '1', media: 'manager', cd: 'UsbCd' },
} as const;

describe.each(['dell', 'hpe', 'supermicro'] satisfies Vendor[])('sushy on a simulated %s', (vendor) => {
  const { system, manager, media, cd } = PATHS[vendor];
  let spec: ServerSpec;
  let seen: Record<string, Step>;

  beforeAll(async () => {
    spec = runs[vendor].spec;
    seen = await runs[vendor].seen;
  });

  it('is refused with a wrong password', () => {
    expect(seen['wrong-password']).toMatchObject({ refused: 'AccessError', status: 401 });
  });

  it('logs in with a session, and out', () => {
    expect(seen.login).toMatchObject({ session: true });
    expect(seen.logout).toBeDefined();
  });

  it('lists systems, managers and chassis, which lead to each other', () => {
    const systemPath = `/redfish/v1/Systems/${system}`;
    const managerPath = `/redfish/v1/Managers/${manager}`;
    expect(seen.listing).toMatchObject({
      systems: [systemPath],
      managers: [managerPath],
      chassis: [`/redfish/v1/Chassis/${system}`],
      chassis_of_system: [`/redfish/v1/Chassis/${system}`],
      manager_of_system: managerPath,
      systems_of_manager: [systemPath],
      manager_type: 'BMC',
      serial_number: spec.serialNumber,
      uuid: spec.uuid,
      power: 'Off',
    });
    expect(seen.listing!.resets).toEqual(expect.arrayContaining(['On', 'ForceOff', 'ForceRestart', 'GracefulShutdown']));
  });

  it('reads the inventory', () => {
    expect(seen.inventory).toMatchObject({
      macs: [...spec.macs].sort(),
      linked_up: [...spec.macs].sort(),
      disks: disksOf(spec, new Set()).map((disk) => disk.size),
      memory_gib: spec.memoryGiB,
      // Two for each core.
      threads: 2 * spec.cores,
    });
  });

  it('sets the next boot, once, under UEFI', () => {
    const once = { enabled: 'Once', mode: 'UEFI' };
    expect(seen['boot-cd']).toMatchObject({ target: cd, ...once });
    expect(seen['boot-pxe']).toMatchObject({ target: 'Pxe', ...once });
    expect(seen['boot-hdd']).toMatchObject({ target: 'Hdd', ...once });
    expect(seen['boot-used']).toMatchObject({ enabled: 'Disabled' });
  });

  it('switches the power', () => {
    expect(['power-on', 'restart', 'power-off', 'power-on-again', 'shut-down'].map((step) => seen[step]?.power)).toEqual([
      'On',
      'On',
      'Off',
      'On',
      'Off',
    ]);
    const switched = datacentre.log.entries(spec.name).filter(({ kind }) => kind === 'power-on' || kind === 'power-off');
    expect(switched.map(({ kind, detail }) => detail || kind)).toEqual([
      'power-on',
      'restart',
      'power-off',
      'power-on',
      'power-off',
    ]);
  });

  it('inserts and ejects virtual media, which the BMC fetches', () => {
    expect(seen['media-empty']).toMatchObject({ under: media, inserted: false });
    expect(seen['media-one']).toMatchObject({ inserted: true, image: `http://${IMAGES}${iso.path('one')}` });
    expect(seen['media-one-ejected']).toMatchObject({ inserted: false });
    expect(seen['media-two']).toMatchObject({ inserted: true, image: `http://${IMAGES}${iso.path('two')}` });
    expect(seen['media-two-ejected']).toMatchObject({ inserted: false });
    expect(seen['media-missing']).toMatchObject({ refused: 'BadRequestError', status: 400 });
    expect(iso.asked()).toBeGreaterThan(0);
  });
});
