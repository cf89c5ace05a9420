/**
 * Slipway's own CAs and serving certificates, kept as files only their owner can read. One CA for people (Kubernetes API and its client
 * certificates), another for machines (BMCs and agents trust that one alone), so that neither can pass for the other.
 */

import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { belongTogether, type KeyPair, makeCa, makeLeaf } from '@slipway/core/bootstrap/pki.ts';

/** PEM texts for a TLS server, and a way to make client certificates that it accepts. */
export interface Certificates {
  ca: string;
  cert: string;
  key: string;
  /** A client certificate: CN is the user's name, O the groups. */
  issueClient: (commonName: string, groups: string[], days: number) => Promise<KeyPair>;
}

/** Serving certificates live a year and are renewed at start when a third of that is left. */
const SERVING_DAYS = 365;
const RENEW_BEFORE_MS = 120 * 86_400_000;

/** Names that the serving certificate always has. */
const OWN_NAMES = ['localhost', '127.0.0.1', '::1'];

/** The people's CA and serving certificate in `directory`; made where missing, renewed before they expire or when names are added. */
export function ensureCertificates(directory: string, options: { names?: string[] } = {}): Promise<Certificates> {
  return ensure(directory, 'slipway', options.names ?? []);
}

/** The same for the listener that machines speak to, under its own CA. */
export async function ensureMachineCertificates(
  directory: string,
  options: { names?: string[] } = {},
): Promise<Pick<Certificates, 'ca' | 'cert' | 'key'>> {
  const { ca, cert, key } = await ensure(directory, 'slipway-machines', options.names ?? []);
  return { ca, cert, key };
}

async function ensure(directory: string, name: string, extraNames: string[]): Promise<Certificates> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = [...new Set([...OWN_NAMES, ...extraNames])];
  // Named apart from the server: OpenSSL takes a certificate whose issuer has its own name for self-signed.
  const ca = await kept(
    join(directory, `${name}-ca`),
    () => true,
    () => makeCa(`${name}-ca`, new Date()),
  );
  const serves = (pair: KeyPair) => isCurrent(pair, ca, names);
  const serving = await kept(join(directory, name), serves, () =>
    makeLeaf(ca, { commonName: name, usages: ['server'], names, days: SERVING_DAYS }, new Date()),
  );
  return {
    ca: ca.certificate,
    cert: serving.certificate,
    key: serving.key,
    issueClient: (commonName, organizations, days) =>
      makeLeaf(ca, { commonName, organizations, usages: ['client'], days }, new Date()),
  };
}

/** The pair in `<path>.crt` and `<path>.key`, made anew unless it is complete and still good. */
async function kept(path: string, isGood: (pair: KeyPair) => boolean, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const [certFile, keyFile] = [`${path}.crt`, `${path}.key`];
  if (existsSync(certFile) && existsSync(keyFile)) {
    const pair = { certificate: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
    if ((await belongTogether(pair)) && isGood(pair)) return pair;
  }
  const pair = await make();
  // The key first: a stop in between leaves a pair that does not belong together and is made anew.
  await writePrivate(keyFile, pair.key);
  await writePrivate(certFile, pair.certificate);
  return pair;
}

/** Writes a file that only its owner can read, whole or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, text, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}

function isCurrent(pair: KeyPair, ca: KeyPair, names: string[]): boolean {
  const certificate = new X509Certificate(pair.certificate);
  const lasts = Date.parse(certificate.validTo) - Date.now() > RENEW_BEFORE_MS;
  const isFor = (name: string) =>
    (/^[\d.]+$|:/.test(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return lasts && certificate.verify(new X509Certificate(ca.certificate).publicKey) && names.every(isFor);
}
