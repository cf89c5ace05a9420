/** Networks in CIDR notation and the addresses in them. Pure, no node:net: runs in a browser. */

/** An address as a number of 32 or 128 bits. */
interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** Reads an IPv4 or IPv6 address (brackets allowed); null if it is none. */
export function parseAddress(text: string): Address | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return bare.includes(':') ? parseV6(bare) : parseV4(bare);
}

function parseV4(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return { bits: 32, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

function parseV6(text: string): Address | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const v4 = parseV4(dotted[2] ?? '');
    if (!v4) return null;
    return parseV6(`${dotted[1]}${(v4.value >> 16n).toString(16)}:${(v4.value & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = (half: string | undefined) => (half ? half.split(':') : []);
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return { bits: 128, value: all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}

/** What is wrong with an entry of allowedNetworks, or null: a CIDR, a single address, or a DNS name. */
export function networkError(text: string): string | null {
  if (parseCidr(text) || parseAddress(text)) return null;
  if (/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text) && /[A-Za-z]/.test(text))
    return null;
  return 'must be a network such as 192.168.1.0/24, an address, or a DNS name';
}

function parseCidr(text: string): { address: Address; length: number } | null {
  const [base, length, ...more] = text.split('/');
  if (base === undefined || length === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return null;
  const address = parseAddress(base);
  return address && Number(length) <= address.bits ? { address, length: Number(length) } : null;
}

/** Whether a host (address or DNS name) lies in one of the networks. A DNS name only by an equal entry: resolving it is not ours to decide. */
export function isInNetworks(host: string, networks: readonly string[]): boolean {
  const address = parseAddress(host);
  if (!address) return networks.some((network) => network.toLowerCase() === host.toLowerCase());
  return networks.some((network) => {
    const cidr = parseCidr(network) ?? single(network);
    if (!cidr || cidr.address.bits !== address.bits) return false;
    const shift = BigInt(address.bits - cidr.length);
    return address.value >> shift === cidr.address.value >> shift;
  });
}

function single(network: string): { address: Address; length: number } | null {
  const address = parseAddress(network);
  return address && { address, length: address.bits };
}
