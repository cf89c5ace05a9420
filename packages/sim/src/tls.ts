/** Certificates of the simulated datacentre: few, shared by all that may share them, so that a thousand idle servers cost little. */
import { webcrypto } from 'node:crypto';
import tls from 'node:tls';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A self-signed certificate and its key. */
export interface Identity {
  certificatePem: string;
  keyPem: string;
  context: tls.SecureContext;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes a self-signed certificate, valid for 30 days from an hour ago, as an agent's own is. */
export async function makeIdentity(commonName: string, names: { dns?: string[]; ips?: string[] }): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const alternatives: x509.JsonGeneralName[] = [
    ...(names.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(names.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(now + 30 * 86_400_000),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension(alternatives),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`;
  const certificatePem = `${certificate.toString('pem')}\n`;
  return { certificatePem, keyPem, context: tls.createSecureContext({ cert: certificatePem, key: keyPem }) };
}
