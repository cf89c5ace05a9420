import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureCertificates, ensureMachineCertificates } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-certificates-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('certificates', () => {
  it('serve localhost and the given names, signed by a CA of another name', async () => {
    const { ca, cert } = await ensureCertificates(directory, { names: ['api.example.com', '192.0.2.7'] });
    const serving = new X509Certificate(cert);
    expect(serving.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(serving.issuer).not.toBe(serving.subject);
    for (const name of ['localhost', 'api.example.com']) expect(serving.checkHost(name), name).toBeTruthy();
    for (const address of ['127.0.0.1', '192.0.2.7']) expect(serving.checkIP(address), address).toBeTruthy();
  });

  it('stay over a restart, and are made anew for a new name or a broken file, under the same CA', async () => {
    const first = await ensureCertificates(directory, { names: ['api.example.com'] });
    const second = await ensureCertificates(directory, { names: ['api.example.com'] });
    expect(second.cert).toBe(first.cert);
    const third = await ensureCertificates(directory, { names: ['other.example.com'] });
    expect([third.ca === first.ca, third.cert === first.cert]).toEqual([true, false]);
    await writeFile(join(directory, 'slipway.key'), 'broken');
    const fourth = await ensureCertificates(directory, { names: ['other.example.com'] });
    expect([fourth.ca === first.ca, fourth.cert === third.cert]).toEqual([true, false]);
  });

  it('keep keys to their owner, and people apart from machines', async () => {
    const people = await ensureCertificates(directory);
    const machines = await ensureMachineCertificates(directory);
    expect(machines.ca).not.toBe(people.ca);
    for (const file of ['slipway-ca.key', 'slipway.key', 'slipway-machines-ca.key']) {
      expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600);
    }
  });

  it('make an admin kubeconfig that only its owner can read', async () => {
    const file = join(directory, 'kubeconfig');
    const text = await writeKubeconfig(file, { certificates: await ensureCertificates(directory), port: 6443 });
    expect(text).toContain('server: https://127.0.0.1:6443');
    const client = /client-certificate-data: (\S+)/.exec(text)![1]!;
    expect(new X509Certificate(Buffer.from(client, 'base64')).subject).toContain('O=system:masters');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
