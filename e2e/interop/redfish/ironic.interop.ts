/**
 * Ironic 39.0.0 and its Redfish hardware type manage simulated BMCs of all makers, as they would the real ones. Its quirk: of the boot
 * override it sends only what changes (for Supermicro, always that it is enabled), so the second device of a row comes without
 * BootSourceOverrideEnabled.
 */
import { type Datacentre, startDatacentre } from '@slipway/sim/datacentre.ts';
import { makeLayout, type ServerSpec, serversOf, type Vendor } from '@slipway/sim/layout.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ironic, startIronic } from './ironic.ts';

let datacentre: Datacentre;
let ironic: Ironic;

beforeAll(async () => {
  const layout = makeLayout({ sites: [{ name: 'lab', racks: 1, serversPerRack: 12 }] });
  datacentre = await startDatacentre({ speed: 60, layout });
  ironic = await startIronic(datacentre.proxyURLs.lab!);
});
afterAll(async () => {
  await ironic?.stop();
  await datacentre?.stop();
});

async function enroll(spec: ServerSpec, changes: Record<string, unknown> = {}): Promise<string> {
  const { uuid } = await ironic.api<{ uuid: string }>('POST', '/v1/nodes', {
    driver: 'redfish',
    driver_info: {
      redfish_address: `https://${spec.bmcAddress}`,
      redfish_username: spec.username,
      redfish_password: spec.password,
      redfish_verify_ca: false,
      ...changes,
    },
  });
  return uuid;
}

describe.each(['dell', 'hpe', 'supermicro'] satisfies Vendor[])('Ironic on a simulated %s', (vendor) => {
  let spec: ServerSpec;
  let uuid: string;
  const node = (path: string) => `/v1/nodes/${uuid}/${path}`;
  const power = async (target: string, reached: string) => {
    await ironic.api('PUT', node('states/power'), { target });
    return ironic.until(uuid, reached, ({ power_state: state }) => state === reached);
  };

  beforeAll(async () => {
    spec = serversOf(datacentre.layout).find((each) => each.vendor === vendor)!;
    uuid = await enroll(spec);
    await ironic.api('PUT', node('states/provision'), { target: 'manage' });
    await ironic.until(uuid, 'manageable', ({ provision_state: state }) => state === 'manageable');
  });

  it('verifies it and makes it manageable', async () => {
    const { power_state, last_error } = await ironic.until(uuid, 'power off', ({ power_state: state }) => state === 'power off');
    expect({ power_state, last_error }).toEqual({ power_state: 'power off', last_error: null });
  });

  it('inspects it out of band', async () => {
    await ironic.api('PUT', node('states/provision'), { target: 'inspect' });
    const { properties, last_error } = await ironic.until(
      uuid,
      'inspected',
      (each) => each.provision_state === 'manageable' && each.properties.memory_mb !== undefined,
    );
    expect(last_error).toBeNull();
    expect(properties).toMatchObject({ memory_mb: spec.memoryGiB * 1024, capabilities: 'boot_mode:uefi' });
    const { inventory } = await ironic.api<{ inventory: { interfaces: { mac_address: string }[] } }>('GET', node('inventory'));
    expect(inventory.interfaces.map((each) => each.mac_address).sort()).toEqual([...spec.macs].sort());
  });

  it('sets the device of the next boot', async () => {
    expect(await ironic.api('GET', node('management/boot_device/supported'))).toMatchObject({
      supported_boot_devices: expect.arrayContaining(['pxe', 'disk', 'cdrom']),
    });
    await ironic.api('PUT', node('management/boot_device'), { boot_device: 'cdrom', persistent: false });
    expect(datacentre.server(spec.name).bootOnce).toBe('Cd');
    await ironic.api('PUT', node('management/boot_device'), { boot_device: 'pxe', persistent: false });
    expect(datacentre.server(spec.name).bootOnce).toBe('Pxe');
    expect(await ironic.api('GET', node('management/boot_device'))).toMatchObject({ boot_device: 'pxe', persistent: false });
  });

  it('switches the power on and off', async () => {
    expect((await power('power on', 'power on')).last_error).toBeNull();
    expect(datacentre.server(spec.name).power).toBe('On');
    expect((await power('power off', 'power off')).last_error).toBeNull();
    expect(datacentre.server(spec.name).power).toBe('Off');
  });
});

it('does not make a BMC manageable with a wrong password', async () => {
  const spec = serversOf(datacentre.layout).find((each) => each.vendor === 'dell')!;
  const uuid = await enroll(spec, { redfish_password: 'wrong' });
  await ironic.api('PUT', `/v1/nodes/${uuid}/states/provision`, { target: 'manage' });
  const { last_error } = await ironic.until(
    uuid,
    'refused',
    ({ provision_state: state, last_error: error }) => state === 'enroll' && error !== null,
  );
  expect(last_error).toMatch(/401|access|credentials/i);
});
