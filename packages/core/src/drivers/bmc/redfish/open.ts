/** Puts the Redfish capabilities together. */
import type { BmcTarget } from '../address.ts';
import type { Bmc, BmcAccess } from '../bmc.ts';
import { redfishBoot } from './boot.ts';
import { redfishClient } from './client.ts';
import { redfishIdentity, redfishInventory } from './identity.ts';
import { redfishPower } from './power.ts';
import { redfishService } from './service.ts';
import { redfishVirtualMedia } from './virtual-media.ts';

/** Opens a Redfish BMC; sends nothing. */
export function openRedfish(target: Extract<BmcTarget, { driver: 'redfish' }>, access: BmcAccess): Bmc {
  const service = redfishService(redfishClient(target.base, access), target.systemPath);
  return {
    identity: () => redfishIdentity(service),
    power: redfishPower(service, access.signal),
    bootOnce: redfishBoot(service),
    virtualMedia: redfishVirtualMedia(service, access.signal),
    inventory: redfishInventory(service),
    // Logins and connections are shared with other handles and end by themselves or by closeBmcSessions.
    close: async () => undefined,
  };
}
