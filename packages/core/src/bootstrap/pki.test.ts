import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { belongTogether, caCertHash, describeCertificate, makeCa, makeLeaf, makeServiceAccountKeys } from './pki.ts';

const now = new Date('2026-11-23T00:00:00Z');

test('a leaf is signed by its CA, as node:crypto (OpenSSL) sees it', async () => {
  const ca = await makeCa('kubernetes', now);
  const leaf = await makeLeaf(
    ca,
    { commonName: 'kube-apiserver', usages: ['server'], names: ['kubernetes', '10.0.0.100'], days: 365 },
    now,
  );
  const parsed = new X509Certificate(leaf.certificate);
  expect(parsed.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
  expect(parsed.checkIP('10.0.0.100')).toBe('10.0.0.100');
  expect(parsed.checkHost('kubernetes')).toBe('kubernetes');
  expect(new X509Certificate(ca.certificate).ca).toBe(true);
  expect(describeCertificate(leaf.certificate).notAfter.toISOString()).toBe('2027-11-23T00:00:00.000Z');
});

test('an admin certificate carries its groups', async () => {
  const ca = await makeCa('kubernetes', now);
  const leaf = await makeLeaf(
    ca,
    { commonName: 'kubernetes-admin', organizations: ['system:masters'], usages: ['client'], days: 365 },
    now,
  );
  expect(describeCertificate(leaf.certificate)).toMatchObject({
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
  });
});

test('pairs that do not belong together are told apart', async () => {
  const [one, other, sa] = [await makeCa('kubernetes', now), await makeCa('kubernetes', now), await makeServiceAccountKeys()];
  expect(await belongTogether(one)).toBe(true);
  expect(await belongTogether(sa)).toBe(true);
  expect(await belongTogether({ certificate: one.certificate, key: other.key })).toBe(false);
  expect(await belongTogether({ certificate: 'x', key: 'y' })).toBe(false);
});

test('the CA hash is the sha256 of its public key', async () => {
  const ca = await makeCa('kubernetes', now);
  const spki = new X509Certificate(ca.certificate).publicKey.export({ type: 'spki', format: 'der' });
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(spki))).toString('hex');
  expect(caCertHash(ca.certificate)).toBe(`sha256:${digest}`);
});
