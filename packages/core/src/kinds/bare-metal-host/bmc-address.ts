/** BMC addresses as Metal3 writes them (`spec.bmc.address`): a scheme that names driver and boot path, a host, a system path. Pure. */
import { parseAddress } from '../site/networks.ts';

/** A parsed BMC address. */
export interface BmcAddress {
  /** Without the transport suffix: `redfish-virtualmedia`, `ipmi`. */
  scheme: string;
  driver: 'redfish' | 'ipmi';
  /** What the BMC itself speaks. */
  transport: 'http' | 'https' | 'udp';
  /** Address or DNS name; IPv6 without brackets. */
  host: string;
  /** undefined = the transport's own. */
  port?: number;
  /** Path of the Redfish system; '' = the only one. */
  systemPath: string;
  /** The boot path the scheme asks for; virtual media is used for all Redfish schemes. */
  boot: 'virtualmedia' | 'network' | 'http';
  /** Needs spec.bootMACAddress to know the server (Metal3: libvirt alone). */
  needsBootMAC: boolean;
}

interface Scheme {
  driver: BmcAddress['driver'];
  boot: BmcAddress['boot'];
}

const SCHEMES: Record<string, Scheme> = {
  ipmi: { driver: 'ipmi', boot: 'network' },
  libvirt: { driver: 'ipmi', boot: 'network' },
  redfish: { driver: 'redfish', boot: 'network' },
  'redfish-virtualmedia': { driver: 'redfish', boot: 'virtualmedia' },
  'redfish-uefihttp': { driver: 'redfish', boot: 'http' },
  'ilo5-redfish': { driver: 'redfish', boot: 'network' },
  'ilo5-virtualmedia': { driver: 'redfish', boot: 'virtualmedia' },
  'idrac-redfish': { driver: 'redfish', boot: 'network' },
  'idrac-virtualmedia': { driver: 'redfish', boot: 'virtualmedia' },
};

/** The schemes that are accepted, sorted. */
export const BMC_SCHEMES: readonly string[] = Object.keys(SCHEMES).sort();

/** Reads a BMC address. A string is the reason why it is none. No scheme means ipmi; `scheme:rest` means `scheme://rest` (Metal3). */
export function parseBmcAddress(address: string): BmcAddress | string {
  const text = address.trim();
  if (text === '') return 'is empty';
  if (text.length > 1024) return 'is longer than 1024 characters';
  const { scheme: written, rest } = splitScheme(text);
  const [name = '', suffix, ...more] = written.toLowerCase().split('+');
  const scheme = SCHEMES[name];
  if (!scheme || more.length > 0) return `unknown scheme "${written}"; known are ${BMC_SCHEMES.join(', ')}`;
  const transport = transportOf(scheme.driver, suffix);
  if (!transport) return `unknown transport "+${suffix}"; Redfish schemes take +http or +https`;
  const parts = splitRest(rest);
  if (typeof parts === 'string') return parts;
  const systemPath = parts.path === '/' || /^\/redfish\/v1\/?$/.test(parts.path) ? '' : parts.path;
  return {
    scheme: name,
    driver: scheme.driver,
    transport,
    host: parts.host,
    ...(parts.port === undefined ? {} : { port: parts.port }),
    systemPath,
    boot: scheme.boot,
    needsBootMAC: name === 'libvirt',
  };
}

function transportOf(driver: BmcAddress['driver'], suffix: string | undefined): BmcAddress['transport'] | null {
  if (driver === 'ipmi') return suffix === undefined ? 'udp' : null;
  if (suffix === undefined || suffix === 'https') return 'https';
  return suffix === 'http' ? 'http' : null;
}

/** `host:623` has no scheme although it has a colon: what follows the colon is a number. */
function splitScheme(text: string): { scheme: string; rest: string } {
  const full = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text);
  if (full) return { scheme: full[1] ?? '', rest: full[2] ?? '' };
  if (parseAddress(text)) return { scheme: 'ipmi', rest: text.includes(':') && !text.startsWith('[') ? `[${text}]` : text };
  const short = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text);
  if (short && !/^\d{1,5}(\/|$)/.test(short[2] ?? '')) return { scheme: short[1] ?? '', rest: short[2] ?? '' };
  return { scheme: 'ipmi', rest: text };
}

function splitRest(rest: string): { host: string; port?: number; path: string } | string {
  const match = /^(\[[^\]]*\]|[^/:?#]*)(?::(\d*))?(\/[^?#]*)?(\?[^#]*)?$/.exec(rest);
  if (!match) return 'must be scheme://host[:port][/path]';
  const [, hostText = '', portText, path = ''] = match;
  if (hostText === '') return 'has no host';
  const host = hostText.replace(/^\[|\]$/g, '');
  if (hostText.startsWith('[') ? !parseAddress(host) : !isHost(host))
    return `"${hostText}" is neither an IP address nor a DNS name`;
  const port = portText ? Number(portText) : undefined;
  if (port !== undefined && (port < 1 || port > 65535)) return `port ${portText} is not between 1 and 65535`;
  if (/[\s\\]|\.\.|%2e/i.test(path)) return 'has a path with "..", spaces or backslashes';
  return { host, path, ...(port === undefined ? {} : { port }) };
}

function isHost(host: string): boolean {
  if (parseAddress(host)) return !host.includes(':');
  if (/^[\d.]+$/.test(host)) return false;
  return (
    host.length <= 253 &&
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/.test(host)
  );
}
