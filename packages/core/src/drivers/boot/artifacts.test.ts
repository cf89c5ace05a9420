import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArtifactError, createArtifacts } from './artifacts.ts';

const large = Buffer.alloc(9 * 1024 * 1024, 'large file ');
const asked: string[] = [];
let server: http.Server;
let base: string;
const artifacts = createArtifacts();

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === '/missing') return void response.writeHead(404).end();
    response.end(request.url === '/large' ? large : 'small');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await artifacts.close();
  server.close();
  server.closeAllConnections();
});

async function bytes(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of source) all.push(chunk);
  return Buffer.concat(all);
}

it('fetches once for many who ask, and hands out ranges', async () => {
  const [first, second] = await Promise.all([artifacts.get(`${base}/small`), artifacts.get(`${base}/small`)]);
  expect(asked.filter((url) => url === '/small')).toHaveLength(1);
  expect(first.sha256).toBe(second.sha256);
  expect((await bytes(first.read(1, 4))).toString()).toBe('mal');
});

it('keeps large files on disk', async () => {
  const artifact = await artifacts.get(`${base}/large`);
  expect(artifact.size).toBe(large.length);
  expect(artifact.sha256).toBe(createHash('sha256').update(large).digest('hex'));
  expect((await bytes(artifact.read(5_000_000, 5_000_100))).equals(large.subarray(5_000_000, 5_000_100))).toBe(true);
});

it('reads local files', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'artifact-'));
  try {
    writeFileSync(path.join(folder, 'kernel'), 'local');
    const artifact = await artifacts.get(pathToFileURL(path.join(folder, 'kernel')).href);
    expect((await bytes(artifact.read(0, artifact.size))).toString()).toBe('local');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('says what cannot be had, and asks again the next time', async () => {
  await expect(artifacts.get(`${base}/missing`)).rejects.toThrow(ArtifactError);
  await expect(artifacts.get(`${base}/missing`)).rejects.toThrow(/answered 404/);
  expect(asked.filter((url) => url === '/missing')).toHaveLength(2);
  await expect(artifacts.get('http://127.0.0.1:1/x')).rejects.toThrow(/connection refused/);
});
