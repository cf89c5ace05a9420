import { openBmc } from '@slipway/core/drivers/bmc/open.ts';
import { closeBmcSessions } from '@slipway/core/drivers/bmc/redfish/sessions.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControl } from './control.ts';
import { type Datacentre, startDatacentre } from './datacentre.ts';
import { makeLayout } from './layout.ts';
import type { RunningNode } from './node-contract.ts';
import type { SimServer } from './server.ts';

let datacentre: Datacentre;
const nodeFaults: string[] = [];

beforeAll(async () => {
  const layout = makeLayout({
    sites: [
      { name: 'one', racks: 2, serversPerRack: 3 },
      { name: 'two', racks: 1, serversPerRack: 1 },
    ],
  });
  const node: RunningNode = { stop: () => nodeFaults.push('stopped'), fault: (name, on) => nodeFaults.push(`${name} ${on}`) };
  datacentre = await startDatacentre({ speed: 0, layout, bootNode: () => node });
});
afterAll(async () => {
  await closeBmcSessions(1);
  await datacentre.stop();
});

function bmcOf({ spec }: SimServer, proxy = spec.site) {
  const access = { username: spec.username, password: spec.password, verifyTls: false, timeoutSeconds: 5 };
  return openBmc({ ...access, address: `redfish://${spec.bmcAddress}`, proxyURL: datacentre.proxyURLs[proxy]! });
}

async function until(what: string, look: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10)))
    if (look()) return;
  throw new Error(`waited 5 s in vain: ${what}`);
}

describe('faults and network', () => {
  it('leads into a site by its own proxy only', async () => {
    const server = datacentre.servers()[0]!;
    await expect((await bmcOf(server, 'two')).power.get()).rejects.toThrow(/proxy could not connect to it \(HTTP 403\)/);
    expect(await (await bmcOf(server)).power.get()).toBe(false);
  });

  it('lies about power and does nothing', async () => {
    const server = datacentre.servers()[0]!;
    datacentre.fault('bmc-lies', server.spec.name, true);
    const bmc = await bmcOf(server);
    await bmc.power.set(true, 5);
    expect([await bmc.power.get(), server.power]).toEqual([true, 'Off']);
    datacentre.fault('bmc-lies', server.spec.name, false);
    expect(await bmc.power.get()).toBe(false);
  });

  it('cuts a whole rack off with its switch, and only that', async () => {
    const [first, , , other] = datacentre.servers() as [SimServer, SimServer, SimServer, SimServer];
    datacentre.fault('switch-down', first.spec.rack, true);
    expect(datacentre.faults()).toContainEqual({ target: first.spec.rack, faults: ['switch-down'] });
    await expect((await bmcOf(first)).power.get()).rejects.toMatchObject({ code: 'Unreachable' });
    expect(await (await bmcOf(other)).power.get()).toBe(false);
    datacentre.fault('switch-down', first.spec.rack, false);
    expect(await (await bmcOf(first)).power.get()).toBe(false);
  });

  it('boots from disk, hands node faults on, and stops with the power', async () => {
    const server = datacentre.servers()[1]!;
    const bmc = await bmcOf(server);
    await bmc.power.set(true, 5);
    await until('no boot device', () => server.phase === 'no-boot-device');
    await bmc.power.set(false, 5);
    server.disk = { imageUrl: 'https://images.example.com/x.qcow2', kubernetesVersion: 'v1.32.0', files: {} };
    datacentre.fault('node-notready', server.spec.name, true);
    await bmc.power.set(true, 5);
    await until('the system runs', () => server.phase === 'os');
    datacentre.fault('node-notready', server.spec.name, false);
    datacentre.fault('switch-down', server.spec.rack, true);
    datacentre.fault('switch-down', server.spec.rack, false);
    await bmc.power.set(false, 5);
    expect(nodeFaults).toEqual([
      'node-notready true',
      'node-notready false',
      'node-unreachable true',
      'node-unreachable false',
      'stopped',
    ]);
    expect(datacentre.log.entries(server.spec.name).map((entry) => entry.kind)).toContain('os-start');
  });

  it('is controlled over HTTP, and refuses names that do not exist', async () => {
    const control = await startControl(datacentre, 0);
    const url = `http://127.0.0.1:${control.port}`;
    const post = (body: object) => fetch(`${url}/faults`, { method: 'POST', body: JSON.stringify(body) });
    const { name } = datacentre.servers()[2]!.spec;
    expect((await post({ name: 'power-stuck', target: name })).status).toBe(200);
    expect(await (await fetch(`${url}/faults`)).json()).toMatchObject({ on: [{ target: name, faults: ['power-stuck'] }] });
    expect((await post({ name: 'power-stuck', target: name, on: false })).status).toBe(200);
    expect((await post({ name: 'power-stuck', target: 'nobody' })).status).toBe(400);
    expect((await post({ name: 'toString', target: name })).status).toBe(400);
    expect(await (await fetch(`${url}/servers`)).json()).toHaveLength(7);
    expect(((await (await fetch(`${url}/log?host=${name}`)).json()) as unknown[]).length).toBeGreaterThan(0);
    await control.close();
  });
});
