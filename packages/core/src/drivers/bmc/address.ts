/** BMC addresses as Metal3 writes them (reference: metal3-ironic 1.7). */
import { BmcBadAddress } from './errors.ts';

/** A parsed address. */
export type BmcTarget = { driver: 'redfish'; base: URL; systemPath?: string } | { driver: 'ipmi' | 'libvirt'; base: URL };

const REDFISH =
  /^(redfish|redfish-virtualmedia|redfish-uefihttp|idrac-redfish|idrac-virtualmedia|ilo5-redfish|ilo5-virtualmedia)(\+https?)?$/;

/** Reads an address; throws BmcBadAddress. No scheme means ipmi, as in Metal3. */
export function parseBmcAddress(address: string): BmcTarget {
  const text = /^[a-z0-9+-]+:\/\//i.test(address) ? address : repaired(address);
  const scheme = text.slice(0, text.indexOf('://')).toLowerCase();
  const rest = text.slice(scheme.length + 3);
  if (scheme === 'ipmi' || scheme === 'libvirt') return { driver: scheme, base: urlOf('http', rest, address) };
  const match = REDFISH.exec(scheme);
  if (!match) throw new BmcBadAddress(`BMC address ${address}: unknown scheme ${scheme}`);
  const url = urlOf(match[2] === '+http' ? 'http' : 'https', rest, address);
  if (url.username || url.password)
    throw new BmcBadAddress('BMC address: credentials belong into the Secret, not into the address');
  const path = url.pathname.replace(/\/+$/, '');
  const base = new URL(url.origin);
  return path === '' || path === '/redfish/v1' ? { driver: 'redfish', base } : { driver: 'redfish', base, systemPath: path };
}

/** `scheme:rest` becomes `scheme://rest`; a bare host or host:port is ipmi. */
function repaired(address: string): string {
  const colon = /^([a-z][a-z0-9+-]*):(?!\d+$)(.+)$/i.exec(address);
  return colon && !address.startsWith('[') ? `${colon[1]}://${colon[2]}` : `ipmi://${address}`;
}

function urlOf(protocol: string, rest: string, address: string): URL {
  try {
    return new URL(`${protocol}://${rest}`);
  } catch {
    throw new BmcBadAddress(`BMC address ${address} is not a URL: expected scheme://host[:port][/path]`);
  }
}
