/**
 * Kernels, initrds and ESP images of agents: fetched once, kept by their digest, handed out as sources that can be read in ranges.
 * Small ones stay in memory, large ones in a folder of temporary files that is bounded in number.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { connectionProblem, dispatcherFor } from '../tunnel.ts';
import type { IsoSource } from './iso9660.ts';

/** A file that was fetched. */
export interface Artifact extends IsoSource {
  sha256: string;
}

/** Fetches and keeps artifacts. */
export interface Artifacts {
  /** The file at `url` (http, https, file); asks the server whether it has changed at most once a minute. Throws ArtifactError. */
  get(url: string, proxyURL?: string): Promise<Artifact>;
  /** Removes the temporary files. */
  close(): Promise<void>;
}

/** A file that cannot be had. */
export class ArtifactError extends Error {}

interface Kept {
  artifact: Artifact;
  etag: string;
  checkedAt: number;
  file?: string;
}

const FRESH_MS = 60_000;
const FETCH_SECONDS = 600;
const IN_MEMORY_BYTES = 4 * 1024 * 1024;
const MOST_BYTES = 2 * 1024 ** 3;
/** Three files for each of some sites; more means that URLs change faster than machines boot. */
const MOST_KEPT = 24;

/** Makes an empty cache. */
export function createArtifacts(): Artifacts {
  const kept = new Map<string, Promise<Kept>>();
  let folder: Promise<string> | undefined;
  const newFile = async (name: string) => {
    folder ??= mkdtemp(path.join(tmpdir(), 'slipway-artifacts-'));
    return path.join(await folder, `${createHash('sha256').update(`${name} ${Date.now()}`).digest('hex')}`);
  };

  const renew = async (url: string, proxyURL: string | undefined, last: Kept | undefined): Promise<Kept> => {
    if (last && Date.now() - last.checkedAt < FRESH_MS) return last;
    const fetched = await fetchArtifact(url, proxyURL, last, newFile);
    if (last?.file && fetched.file !== last.file) removeLater(last.file);
    return fetched;
  };

  return {
    get: async (url, proxyURL) => {
      const key = `${proxyURL ?? ''} ${url}`;
      const before = kept.get(key);
      const now = (before ?? Promise.resolve(undefined)).catch(() => undefined).then((last) => renew(url, proxyURL, last));
      kept.delete(key);
      kept.set(key, now);
      now.catch(() => kept.get(key) === now && kept.delete(key));
      if (kept.size > MOST_KEPT) await drop(kept);
      return (await now).artifact;
    },
    close: async () => {
      kept.clear();
      if (folder) await rm(await folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

/** A BMC may be reading an ISO that was laid out with the old file: leave it that long. */
const READERS_MS = 15 * 60_000;

function removeLater(file: string): void {
  setTimeout(() => void rm(file, { force: true }), READERS_MS).unref();
}

async function drop(kept: Map<string, Promise<Kept>>): Promise<void> {
  const [oldest, entry] = kept.entries().next().value!;
  kept.delete(oldest);
  const file = (await entry.catch(() => undefined))?.file;
  if (file) removeLater(file);
}

async function fetchArtifact(
  url: string,
  proxyURL: string | undefined,
  last: Kept | undefined,
  newFile: (name: string) => Promise<string>,
): Promise<Kept> {
  if (url.startsWith('file:')) return fromDisk(fileURLToPath(url), last);
  const headers: Record<string, string> = last?.etag ? { 'if-none-match': last.etag } : {};
  const signal = AbortSignal.timeout(FETCH_SECONDS * 1000);
  const dispatcher = dispatcherFor({ ...(proxyURL ? { proxyURL } : {}), verifyTls: true });
  try {
    const answer = await request(url, { dispatcher, headers, signal });
    if (answer.statusCode === 304 && last) {
      await answer.body.dump();
      return { ...last, checkedAt: Date.now() };
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new ArtifactError(`${url} answered ${answer.statusCode}`);
    }
    const etag = answer.headers.etag;
    return await receive(answer.body as AsyncIterable<Buffer>, url, typeof etag === 'string' ? etag : '', newFile);
  } catch (error) {
    if (error instanceof ArtifactError) throw error;
    throw new ArtifactError(`${url} could not be fetched: ${connectionProblem(error, FETCH_SECONDS)}`, { cause: error });
  }
}

/** Takes the body in: into memory, and into a file as soon as it is too large for that. */
async function receive(
  body: AsyncIterable<Buffer>,
  url: string,
  etag: string,
  newFile: (name: string) => Promise<string>,
): Promise<Kept> {
  const hash = createHash('sha256');
  const small: Buffer[] = [];
  let size = 0;
  let file: string | undefined;
  let out: ReturnType<typeof createWriteStream> | undefined;
  for await (const chunk of body) {
    hash.update(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) {
      out?.destroy();
      if (file) await rm(file, { force: true });
      throw new ArtifactError(`${url} is larger than ${MOST_BYTES} bytes`);
    }
    if (!out) small.push(chunk);
    if (!out && size > IN_MEMORY_BYTES) {
      file = await newFile(url);
      out = createWriteStream(file, { mode: 0o600 });
      for (const part of small.splice(0)) out.write(part);
    } else if (out && !out.write(chunk)) {
      await once(out, 'drain');
    }
  }
  if (out) await new Promise<void>((resolve, reject) => out.end((error?: Error | null) => (error ? reject(error) : resolve())));
  const sha256 = hash.digest('hex');
  const checkedAt = Date.now();
  if (file) return { artifact: { ...fileSource(file, size), sha256 }, etag, checkedAt, file };
  return { artifact: { ...memorySource(Buffer.concat(small)), sha256 }, etag, checkedAt };
}

/** A local file; its "ETag" is size and time of change. It is the operator's: never removed. */
async function fromDisk(file: string, last: Kept | undefined): Promise<Kept> {
  const found = await stat(file).catch((error) => {
    throw new ArtifactError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  });
  const etag = `${found.size}-${found.mtimeMs}`;
  if (last?.etag === etag) return { ...last, checkedAt: Date.now() };
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { artifact: { ...fileSource(file, found.size), sha256: hash.digest('hex') }, etag, checkedAt: Date.now() };
}

function memorySource(bytes: Buffer): IsoSource {
  return {
    size: bytes.length,
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
  };
}

function fileSource(file: string, size: number): IsoSource {
  return {
    size,
    read: (start, end) => createReadStream(file, { start, end: Math.max(start, end - 1) }) as AsyncIterable<Uint8Array>,
  };
}
