import { expect, it } from 'vitest';
import { BmcUnreachable } from '../errors.ts';
import type { RedfishClient } from './client.ts';
import type { Resource } from './http.ts';
import { redfishInventory } from './identity.ts';
import { RedfishRefused } from './resource.ts';
import { redfishService } from './service.ts';

const SYSTEM = {
  EthernetInterfaces: { '@odata.id': '/nics' },
  Storage: { '@odata.id': '/storage' },
};

/** A service of fixed resources; what is not there is thrown by `missing`. */
function inventoryOf(resources: Record<string, Resource>, missing: (path: string) => Error) {
  const get = async (path: string) => {
    const found = resources[path];
    if (!found) throw missing(path);
    return found;
  };
  const client: RedfishClient = {
    host: 'bmc',
    get,
    post: async () => ({}),
    patch: async () => undefined,
    known: async () => ({}),
  };
  return redfishInventory(redfishService(client, '/system'));
}

const nics = { '/nics': { Members: [{ '@odata.id': '/nics/1' }] }, '/nics/1': { Id: '1', MACAddress: 'AA:BB:CC:DD:EE:01' } };

it('tells the network interfaces of a server whose storage answers 500, and that the disks are unread', async () => {
  const broken = (path: string) => new RedfishRefused('bmc', `GET ${path}`, 500, {});
  const inventory = await inventoryOf({ '/system': SYSTEM, ...nics }, broken).read();
  expect(inventory).toMatchObject({ nics: [{ mac: 'aa:bb:cc:dd:ee:01' }], disks: [], unread: ['disks'] });
});

it('does not take lost contact for a missing part', async () => {
  const gone = () => new BmcUnreachable('BMC bmc: no answer');
  await expect(inventoryOf({ '/system': SYSTEM, ...nics }, gone).read()).rejects.toThrow(BmcUnreachable);
});
