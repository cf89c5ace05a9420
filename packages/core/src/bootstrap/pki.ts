/**
 * Keys and certificates of a cluster, as kubeadm makes them (kubeadm's certs phase: subjects and usages), with ECDSA P-256
 * instead of RSA: every Kubernetes component takes it and a key costs milliseconds.
 */
// @peculiar/x509 refuses to load without it.
import 'reflect-metadata';
import { createHash, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** CAs live ten years, as kubeadm's do. */
const CA_DAYS = 3650;
/** A certificate is valid from a little earlier, for clocks that lag (kubeadm and CAPI: five minutes). */
const SKEW_MS = 5 * 60_000;

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** What a leaf certificate says. */
export interface Leaf {
  commonName: string;
  organizations?: string[];
  usages: ('client' | 'server')[];
  /** DNS names and IP addresses, for servers. */
  names?: string[];
  days: number;
}

/** Makes a self-signed CA with this common name. kubeadm's are `kubernetes`, `etcd-ca` and `front-proxy-ca`. */
export async function makeCa(commonName: string, now: Date): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(now.getTime() - SKEW_MS),
    notAfter: new Date(now.getTime() + CA_DAYS * 86_400_000),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.keyCertSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }]),
    ],
  });
  return { certificate: pem(certificate), key: await privatePem(keys.privateKey) };
}

/** Makes a certificate signed by `ca`. Throws if the CA's texts are not PEM of a P-256 certificate and key. */
export async function makeLeaf(ca: KeyPair, leaf: Leaf, now: Date): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(ca.certificate);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const usages = leaf.usages.map((usage) => x509.ExtendedKeyUsage[usage === 'client' ? 'clientAuth' : 'serverAuth']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [...(leaf.organizations?.length ? [{ O: leaf.organizations }] : []), { CN: [leaf.commonName] }],
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - SKEW_MS),
    notAfter: new Date(now.getTime() + leaf.days * 86_400_000),
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(ca.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension(usages),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(leaf.names?.length ? [new x509.SubjectAlternativeNameExtension(leaf.names.map(alternativeName))] : []),
    ],
  });
  return { certificate: pem(certificate), key: await privatePem(keys.privateKey) };
}

/** The key pair that signs service account tokens: `certificate` is the public key in PEM, as `<cluster>-sa` keeps it. */
export async function makeServiceAccountKeys(): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const spki = await crypto.subtle.exportKey('spki', keys.publicKey);
  return { certificate: `${x509.PemConverter.encode(spki, 'PUBLIC KEY')}\n`, key: await privatePem(keys.privateKey) };
}

/** kubeadm's `--discovery-token-ca-cert-hash`: sha256 of the CA's public key (RFC 7469 pin over SubjectPublicKeyInfo). */
export function caCertHash(certificatePem: string): string {
  const spki = new x509.X509Certificate(certificatePem).publicKey.rawData;
  return `sha256:${createHash('sha256').update(new Uint8Array(spki)).digest('hex')}`;
}

/** Whether certificate and private key belong together. false also if either is not readable. */
export async function belongTogether(pair: KeyPair): Promise<boolean> {
  try {
    const key = await importPrivateKey(pair.key);
    const data = new TextEncoder().encode('slipway');
    const signature = await crypto.subtle.sign(ALGORITHM, key, data);
    const publicKey = pair.certificate.includes('BEGIN PUBLIC KEY')
      ? await crypto.subtle.importKey('spki', x509.PemConverter.decodeFirst(pair.certificate), ALGORITHM, true, ['verify'])
      : await new x509.X509Certificate(pair.certificate).publicKey.export(ALGORITHM, ['verify']);
    return await crypto.subtle.verify(ALGORITHM, publicKey, signature, data);
  } catch {
    return false;
  }
}

/** Subject, issuer and end of a certificate, for logs, columns and authentication. */
export function describeCertificate(certificatePem: string): { commonName: string; organizations: string[]; notAfter: Date } {
  const certificate = new x509.X509Certificate(certificatePem);
  return {
    commonName: certificate.subjectName.getField('CN')[0] ?? '',
    organizations: certificate.subjectName.getField('O'),
    notAfter: certificate.notAfter,
  };
}

function alternativeName(value: string): x509.JsonGeneralName {
  return { type: /^[\d.]+$/.test(value) || value.includes(':') ? 'ip' : 'dns', value };
}

function importPrivateKey(keyPem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(keyPem), ALGORITHM, true, ['sign']);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** RFC 5280: positive and at most 20 octets; the first octet's top bit stays clear. */
function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
