/** The end of a generated name. */

/** Letters and digits of Kubernetes' generated names: no vowels, no look-alikes. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters for a name, as Kubernetes' generateName appends. */
export function suffixFrom(random: () => number): string {
  return Array.from({ length: 5 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}
