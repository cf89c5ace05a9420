/** Hosts on simulated hardware, over the wire: real Redfish, real agent protocol, the reconciler and collectors as they are. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Datacentre, startDatacentre } from '@slipway/sim/datacentre.ts';
import { IMAGES } from '@slipway/sim/images.ts';
import { makeLayout } from '@slipway/sim/layout.ts';
import { manifestsOf } from '@slipway/sim/manifests.ts';
import { makeIdentity } from '@slipway/sim/tls.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAgentHandlers } from '../collectors/agent-reports.ts';
import { createPowerCollector, POWER_COLLECTOR, powerWakes } from '../collectors/power.ts';
import { createAgentClient } from '../drivers/agent/client.ts';
import { agentListener } from '../drivers/agent/listener.ts';
import { openBmc } from '../drivers/bmc/open.ts';
import type { BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { bareMetalHostReconciler } from '../kinds/bare-metal-host/reconciler.ts';
import type { HardwareDataObject } from '../kinds/hardware-data/kind.ts';
import { wakesOf } from '../runtime/define-reconciler.ts';
import type { OperationRunner } from '../runtime/execute.ts';
import { LIMITS } from '../runtime/limits.ts';
import { reconcilerHandlers, startWorker, type Worker } from '../runtime/worker.ts';
import { deriveToken } from '../store/cipher.ts';
import { createMemoryStore } from '../store/memory/store.ts';
import type { Claim, Draft, Store } from '../store/store.ts';
import { createAgentOperations } from './agent.ts';
import { createBmcOperations } from './bmc.ts';

const MASTER_KEY = new Uint8Array(32).fill(7);
const LIMITS_HERE = { ...LIMITS, powerPollSeconds: 1, refusedFirstSeconds: 3600 };

let datacentre: Datacentre;
let store: Store;
let worker: Worker;
let listener: Server;
let suffixes = 0;

beforeAll(async () => {
  const layout = makeLayout({ sites: [{ name: 'fra1', racks: 1, serversPerRack: 4 }] });
  const node = { stop: () => undefined, fault: () => undefined };
  datacentre = await startDatacentre({ layout, speed: 600, bootNode: () => node });
  const reconciled = wakesOf([bareMetalHostReconciler]);
  store = createMemoryStore({
    wakesOf: (change) => [...reconciled(change), ...powerWakes(change)],
    secretFields: () => [],
    newUid: () => crypto.randomUUID(),
  });
  const identity = await makeIdentity('machines', { ips: ['127.0.0.1'] });
  const handlers = createAgentHandlers({ store, masterKey: MASTER_KEY, caPem: identity.certificatePem });
  listener = createServer({ cert: identity.certificatePem, key: identity.keyPem }, agentListener(handlers));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  worker = startHosts(store);
  const machineURL = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  for (const object of manifestsOf(layout, { machineURL, proxyURLs: datacentre.proxyURLs })) {
    await store.commit({ writes: [{ op: 'create', object: object as Draft }] });
  }
});

afterAll(async () => {
  await worker?.stop(2000);
  listener?.closeAllConnections();
  listener?.close();
  await datacentre?.stop();
  await store?.close();
});

/** A worker with the hosts' reconciler, operations and poller. */
function startHosts(on: Store): Worker {
  const derive = (purpose: string, ...parts: string[]) => deriveToken(MASTER_KEY, purpose, ...parts);
  const ports = {
    store: on,
    openBmc,
    derive,
    bmcRequestSeconds: 10,
    powerChangeSeconds: 20,
    createAgentClient,
    limits: LIMITS_HERE,
  };
  const operations = { ...createBmcOperations(ports), ...createAgentOperations(ports) };
  const runner: OperationRunner = {
    run: (operation, subject) => operations[operation.kind]!.run(operation, subject),
    poll: (operation, subject) => operations[operation.kind]!.poll!(operation, subject),
  };
  const log = () => undefined;
  const collector = createPowerCollector(ports);
  const poll = async (claim: Claim) => {
    const { againSeconds } = await collector.run(claim);
    await on.queue.release(claim, againSeconds === undefined ? {} : { again: new Date(Date.now() + againSeconds * 1000) });
  };
  const executor = {
    store: on,
    runner,
    ensureSecret: async () => undefined,
    suffix: () => `s${++suffixes}`,
    limits: LIMITS_HERE,
    log,
  };
  const handlers = { ...reconcilerHandlers([bareMetalHostReconciler], executor), [POWER_COLLECTOR]: poll };
  return startWorker({ store: on, handlers, concurrency: 16, log, sweep: { everySeconds: 600, wakes: [] } });
}

async function hosts(): Promise<BareMetalHostObject[]> {
  return (await store.list({ group: 'metal3.io', kind: 'BareMetalHost' })).items as BareMetalHostObject[];
}

async function host(name: string): Promise<BareMetalHostObject> {
  return (await hosts()).find(({ metadata }) => metadata.name === name)!;
}

async function change(name: string, how: (object: BareMetalHostObject) => void): Promise<void> {
  await expect
    .poll(async () => {
      const was = await host(name);
      const object = structuredClone(was);
      how(object);
      return store.commit({ writes: [{ op: 'update', was, object }] }).then(
        () => true,
        () => false,
      );
    })
    .toBe(true);
}

async function reaches(name: string, what: object): Promise<void> {
  await expect.poll(async () => (await host(name)).status, { timeout: 30_000, interval: 50 }).toMatchObject(what);
}

const deeds = (name: string) =>
  datacentre.log
    .entries(name)
    .map(({ kind }) => kind)
    .filter((kind) => ['erase', 'write-image'].includes(kind));

test('all hosts come to available, each cleaned once and off, with their hardware known', async () => {
  const names = (await hosts()).map(({ metadata }) => metadata.name);
  for (const name of names) {
    await reaches(name, { operationalStatus: 'OK', poweredOn: false, provisioning: { state: 'available' } });
    expect(deeds(name)).toEqual(['erase']);
    const server = datacentre.server(name).spec;
    const data = (await store.get({ group: 'metal3.io', kind: 'HardwareData', namespace: 'metal3', name })) as HardwareDataObject;
    expect(data.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'BareMetalHost', name, controller: true });
    expect(data.spec.hardware).toMatchObject({
      systemVendor: { serialNumber: server.serialNumber },
      ramMebibytes: server.memoryGiB * 1024,
      nics: expect.arrayContaining([
        expect.objectContaining({
          mac: server.macs[0],
          ip: server.ip,
          pxe: true,
          lldp: expect.objectContaining({ switchSystemName: 'leaf-rack1-1' }),
        }),
      ]),
    });
  }
});

test('an image goes onto the disk once, with its config drive, and off again when it is not wanted any more', async () => {
  const [{ metadata }] = (await hosts()) as [BareMetalHostObject];
  const { name } = metadata;
  const image = IMAGES[1]!;
  await store.commit({
    writes: [
      {
        op: 'create',
        object: {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'data', namespace: 'metal3' },
          data: { value: btoa('#cloud-config\n'), metaData: btoa('{"local-hostname":"node-1"}') },
        } as Draft,
      },
    ],
  });
  await change(name, (object) => {
    object.spec.image = { url: image.url, checksum: image.sha256, checksumType: 'sha256', format: 'qcow2' };
    object.spec.online = true;
    object.spec.userData = { name: 'data' };
    object.spec.metaData = { name: 'data' };
  });
  await reaches(name, { poweredOn: true, provisioning: { state: 'provisioned', image: { url: image.url } } });
  expect(deeds(name)).toEqual(['erase', 'write-image']);
  expect(datacentre.server(name).disk?.configDrive?.length).toBeGreaterThan(100);

  await change(name, (object) => {
    delete object.spec.image;
    object.spec.online = false;
  });
  await reaches(name, { poweredOn: false, provisioning: { state: 'available' } });
  expect(deeds(name)).toEqual(['erase', 'write-image', 'erase']);
});

test('wrong credentials show the BMC’s answer; a mended Secret heals at once', async () => {
  const { name } = (await hosts())[1]!.metadata;
  const ref = { group: '', kind: 'Secret', namespace: 'metal3', name: `${name}-bmc` };
  const good = (await store.get(ref))!;
  await store.commit({
    writes: [
      { op: 'update', was: good, object: { ...good, data: { username: btoa('admin'), password: btoa('wrong') } } as never },
    ],
  });
  await reaches(name, {
    operationalStatus: 'error',
    errorType: 'registration error',
    errorMessage: expect.stringMatching(/refused the credentials/),
  });
  const wrong = (await store.get(ref))!;
  await store.commit({
    writes: [{ op: 'update', was: wrong, object: { ...wrong, data: (good as never as { data: object }).data } as never }],
  });
  await reaches(name, { operationalStatus: 'OK', errorMessage: '', provisioning: { state: 'available' } });
});

test('an image that arrives corrupt is an error with the agent’s words, cleaned away, and tried again', async () => {
  const { name } = (await hosts())[1]!.metadata;
  const image = IMAGES[0]!;
  datacentre.fault('image-corrupt', name, true);
  await change(name, (object) => {
    object.spec.image = { url: image.url, checksum: `sha256:${image.sha256}` };
    object.spec.online = true;
  });
  await reaches(name, {
    errorType: 'provisioning error',
    errorMessage: expect.stringMatching(/checksum/),
    provisioningFailCount: 1,
  });
  datacentre.fault('image-corrupt', name, false);
  await reaches(name, { errorMessage: '', provisioningFailCount: 0, poweredOn: true, provisioning: { state: 'provisioned' } });
});

test('a BMC that refuses connections is unknown, not fine and not in error, and is found again', async () => {
  const { name } = (await hosts())[2]!.metadata;
  datacentre.fault('bmc-refuses', name, true);
  await reaches(name, {
    // Neither OK nor error: nobody knows.
    operationalStatus: '',
    conditions: expect.arrayContaining([expect.objectContaining({ type: 'Manageable', status: 'Unknown' })]),
  });
  expect((await host(name)).status).not.toHaveProperty('poweredOn');
  datacentre.fault('bmc-refuses', name, false);
  await reaches(name, {
    operationalStatus: 'OK',
    poweredOn: false,
    conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]),
  });
});

test('a deleted host goes, and its hardware data with it', async () => {
  const { name } = (await hosts())[3]!.metadata;
  await store.commit({ writes: [{ op: 'delete', was: await host(name) }] });
  await expect.poll(async () => host(name), { timeout: 20_000 }).toBeUndefined();
});
