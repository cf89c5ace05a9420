/** Finding the resources of one server in a Redfish service; what was found is kept with the login. */
import { BmcBadAddress, BmcProtocolError } from '../errors.ts';
import type { RedfishClient } from './client.ts';
import type { Resource } from './http.ts';
import { quirksOf } from './quirks/choose.ts';
import type { Quirks } from './quirks/quirks.ts';
import { linksAt, RedfishRefused, textAt } from './resource.ts';

/** The service as the capabilities see it. */
export interface RedfishService {
  client: RedfishClient;
  systemPath(): Promise<string>;
  /** Reads the ComputerSystem, with the quirks of its maker. */
  system(): Promise<{ resource: Resource; quirks: Quirks }>;
  /** Path of the manager of that system, or undefined. */
  managerPath(system: Resource): Promise<string | undefined>;
}

/** Makes the service; `systemPath` is the path given in the address, if any. */
export function redfishService(client: RedfishClient, given?: string): RedfishService {
  const systemPath = async () => {
    if (given) return given;
    const known = await client.known();
    known.system ??= await onlySystem(client);
    return known.system;
  };
  return {
    client,
    systemPath,
    system: async () => {
      const path = await systemPath();
      const resource = await client.get(path).catch(async (error) => {
        if (!(error instanceof RedfishRefused && error.status === 404)) throw error;
        (await client.known()).system = undefined;
        throw given ? new BmcBadAddress(`BMC ${client.host} has no system ${given}: check the path of the BMC address`) : error;
      });
      return { resource, quirks: quirksOf(textAt(resource, 'Manufacturer')) };
    },
    managerPath: async (system) => {
      const known = await client.known();
      known.manager ??= linksAt(system, 1, 'Links', 'ManagedBy')[0];
      return known.manager;
    },
  };
}

async function onlySystem(client: RedfishClient): Promise<string> {
  const members = linksAt(await client.get('/redfish/v1/Systems'), 64, 'Members');
  if (members.length === 1) return members[0]!;
  if (members.length === 0) throw new BmcProtocolError(`BMC ${client.host} shows no systems`, true);
  throw new BmcBadAddress(
    `BMC ${client.host} has ${members.length} systems (${members.join(', ')}): name one in the BMC address`,
  );
}
