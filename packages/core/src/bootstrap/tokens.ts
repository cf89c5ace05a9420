/** Bootstrap tokens: `[a-z0-9]{6}.[a-z0-9]{16}` (Kubernetes bootstrap-tokens). */

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Gives `length` random bytes. */
export type Random = (length: number) => Uint8Array;

/** A new token. */
export function makeToken(random: Random): { id: string; secret: string } {
  return { id: characters(random, 6), secret: characters(random, 16) };
}

/** The Secret that makes a token known to a cluster (type bootstrap.kubernetes.io/token in kube-system). */
export function tokenSecret(token: { id: string; secret: string }, expiration: Date, description: string) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${token.id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      'token-id': token.id,
      'token-secret': token.secret,
      expiration: `${expiration.toISOString().slice(0, 19)}Z`,
      'usage-bootstrap-signing': 'true',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
      description,
    },
  };
}

/** Unbiased: bytes from 252 on are thrown away (252 = 7 × 36). */
function characters(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < 252 && text.length < length) text += ALPHABET[byte % 36];
    }
  }
  return text;
}
