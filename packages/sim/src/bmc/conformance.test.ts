import { bmcConformance } from '@slipway/core/drivers/bmc/conformance.ts';
import { openBmc } from '@slipway/core/drivers/bmc/open.ts';
import { exchange } from '@slipway/core/drivers/bmc/redfish/http.ts';
import { planIso } from '@slipway/core/drivers/boot/iso9660.ts';
import { dispatcherFor } from '@slipway/core/drivers/tunnel.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Datacentre, startDatacentre } from '../datacentre.ts';
import { socketHttp } from '../http-on-sockets.ts';
import { makeLayout, serversOf, type Vendor } from '../layout.ts';
import { setPower } from '../server.ts';
import { setBoot } from './actions.ts';
import { PERSONALITIES } from './personality.ts';

let datacentre: Datacentre;

beforeAll(async () => {
  datacentre = await startDatacentre({
    speed: 0,
    layout: makeLayout({ sites: [{ name: 'lab', racks: 1, serversPerRack: 12 }] }),
  });
  const plan = planIso({ label: 'VMEDIA_BOOT_ISO', files: [{ path: 'vmlinuz', data: Buffer.from('kernel') }] });
  const web = socketHttp<true>(async (_owner, _request, response) => {
    response.writeHead(200, { 'content-length': String(plan.size) });
    for await (const chunk of plan.read(0, plan.size)) response.write(chunk);
    response.end();
  });
  datacentre.networks.lab!.listen('10.0.0.6', 80, (socket) => web.accept(true, socket));
});
afterAll(() => datacentre.stop());

it('says busy when iLO takes no boot change during POST', async () => {
  const server = datacentre.servers().find((each) => each.spec.vendor === 'hpe')!;
  server.phase = 'post';
  const { bmcAddress, username, password } = server.spec;
  const access = { username, password, verifyTls: false, proxyURL: datacentre.proxyURLs.lab!, timeoutSeconds: 10 };
  const bmc = await openBmc({ ...access, address: `redfish://${bmcAddress}` });
  await expect(bmc.bootOnce!.set('Cd', 'UEFI')).rejects.toMatchObject({ code: 'Busy', retryable: true });
  server.phase = 'off';
  await bmc.bootOnce!.set('Cd', 'UEFI');
});

it('takes logins of clients that refuse compression, as sushy does, at every maker', async () => {
  for (const vendor of ['dell', 'hpe', 'supermicro'] as const) {
    const { bmcAddress, username, password } = datacentre.servers().find((each) => each.spec.vendor === vendor)!.spec;
    const dispatcher = dispatcherFor({ proxyURL: datacentre.proxyURLs.lab!, verifyTls: false });
    const to = { base: new URL(`https://${bmcAddress}`), dispatcher, timeoutSeconds: 10 };
    const headers = { 'accept-encoding': 'identity' };
    const login = { UserName: username, Password: password };
    expect((await exchange(to, 'POST', '/redfish/v1/SessionService/Sessions', headers, login)).status).toBe(201);
  }
});

it('keeps what a change of the boot override leaves out, but for Supermicro, which forgets that it is enabled', () => {
  const server = (vendor: Vendor) => datacentre.servers().find((each) => each.spec.vendor === vendor)!;
  for (const [vendor, left] of [
    ['dell', 'Pxe'],
    ['hpe', 'Pxe'],
    ['supermicro', undefined],
  ] as const) {
    const set = (boot: Record<string, unknown>) => setBoot(server(vendor), PERSONALITIES[vendor], boot);
    set({ BootSourceOverrideTarget: 'Hdd', BootSourceOverrideEnabled: 'Once' });
    set({ BootSourceOverrideMode: 'UEFI' });
    expect(server(vendor).bootOnce).toBe('Hdd');
    set({ BootSourceOverrideTarget: 'Pxe' });
    expect(server(vendor).bootOnce).toBe(left);
    set({ BootSourceOverrideEnabled: 'Disabled' });
    expect(server(vendor).bootOnce).toBeUndefined();
  }
});

let used = 0;

for (const vendor of ['dell', 'hpe', 'supermicro'] as const) {
  bmcConformance(`simulated ${vendor}`, async () => {
    const all = serversOf(datacentre.layout).filter((spec) => spec.vendor === vendor);
    const spec = all[used++ % all.length]!;
    const server = datacentre.server(spec.name);
    for (const name of [...server.faults]) datacentre.fault(name as never, spec.name, false);
    setPower(server, false);
    server.power = 'Off';
    server.media = null;
    server.bootOnce = undefined;
    const before = switches(spec.name);
    return {
      access: {
        address: `redfish-virtualmedia+https://${spec.bmcAddress}`,
        username: spec.username,
        password: spec.password,
        verifyTls: false,
        proxyURL: datacentre.proxyURLs.lab!,
        timeoutSeconds: 10,
      },
      expected: { serialNumber: spec.serialNumber, macs: spec.macs, disks: 2 },
      isoUrls: ['http://10.0.0.6/one.iso', 'http://10.0.0.6/two.iso'],
      dropSessions: () => datacentre.dropSessions(spec.name),
      fillSessions: () => datacentre.fillSessions(spec.name),
      fault: (name, on) => datacentre.fault(name, spec.name, on),
      bootsNextFrom: () => server.bootOnce,
      powerSwitches: () => switches(spec.name) - before,
    };
  });
}

function switches(name: string): number {
  return datacentre.log.entries(name).filter((entry) => entry.kind === 'power-on' || entry.kind === 'power-off').length;
}
