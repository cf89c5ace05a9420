/** How long a login must wait after failures: pure. Keys are account + network and the network alone (an IPv6 peer owns a whole /64). */
import { isIPv6 } from 'node:net';
import type { FailureRecord } from './records.ts';

/** Free tries before the wait begins. Many people can sit behind one address, so it gets more. */
const FREE = { pair: 4, network: 40 };
const MOST_SECONDS = 300;

/** Seconds until the next try counts; 0 = now. Doubles from 1 s to 300 s with each failure beyond the free ones. */
export function waitSeconds(record: FailureRecord | null, kind: keyof typeof FREE, now: Date): number {
  if (!record || record.failures <= FREE[kind]) return 0;
  const wait = Math.min(2 ** (record.failures - FREE[kind] - 1), MOST_SECONDS);
  return Math.max(0, Math.ceil((record.lastAt.getTime() + wait * 1000 - now.getTime()) / 1000));
}

/** The network an address is counted under: an IPv4 address itself, an IPv6 address's /64. */
export function networkOf(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
