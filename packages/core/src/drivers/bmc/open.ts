/** Opens a BMC by the scheme of its address. A further driver is one more case here. */
import { parseBmcAddress } from './address.ts';
import type { Bmc, BmcAccess } from './bmc.ts';
import { BmcUnsupported } from './errors.ts';
import { openRedfish } from './redfish/open.ts';

/** Opens a BMC. Sends nothing yet: the first call logs in. Throws BmcBadAddress, or BmcUnsupported where no driver exists. */
export async function openBmc(access: BmcAccess): Promise<Bmc> {
  const target = parseBmcAddress(access.address);
  switch (target.driver) {
    case 'redfish':
      return openRedfish(target, access);
    case 'ipmi':
    case 'libvirt':
      throw new BmcUnsupported(`no driver for ${target.driver} yet`, 'NoDriver');
    default:
      return target satisfies never;
  }
}
