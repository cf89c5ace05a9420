/** A small real disk image, and a web server that has it. */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCa, makeLeaf } from '@slipway/core/bootstrap/pki.ts';

/** The image and where it is. */
export interface Images {
  url: string;
  sha256: string;
  /** URL of a list of MD5 checksums. */
  md5sums: string;
  /** PEM of the CA of the web server, which is not ours. */
  ca: string;
  /** The same image as raw bytes. */
  raw: { url: string; sha256: string };
  /** What the image's data partition starts with. */
  text: string;
  /** Downloads stop in the middle until this is called. */
  hold(): () => void;
  /** How many have been started. */
  downloads: number;
  stop(): Promise<void>;
}

/** Partition 2 of the image begins here, with {@link TEXT}. */
export const DATA_AT = 20 * 1024 * 1024;
const TEXT = 'Slipway was here.\n';

/** Makes the image (GPT, an EFI system partition and a data partition, as qcow2) and serves it on `ip`. */
export async function serveImages(ip: string): Promise<Images> {
  const { qcow2, raw } = makeImage();
  const ca = await makeCa('images-ca', new Date());
  const serving = await makeLeaf(ca, { commonName: 'images', usages: ['server'], names: [ip], days: 1 }, new Date());
  const md5sums = `${'0'.repeat(32)}  other.qcow2\n${digest('md5', qcow2)}  again.qcow2\n`;
  const files = new Map<string, Buffer>([
    ['/small.qcow2', qcow2],
    ['/again.qcow2', qcow2],
    ['/small.raw', raw],
    ['/MD5SUMS', Buffer.from(md5sums)],
  ]);
  let held: Promise<void> | undefined;
  const images: Images = {
    url: '',
    md5sums: '',
    ca: ca.certificate,
    sha256: digest('sha256', qcow2),
    raw: { url: '', sha256: digest('sha256', raw) },
    text: TEXT,
    downloads: 0,
    hold: () => {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        held = undefined;
        release();
      };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
    const file = files.get(request.url ?? '');
    if (!file) return void response.writeHead(404).end('no such image');
    if (file === qcow2) images.downloads += 1;
    response.writeHead(200, { 'content-length': String(file.length) });
    response.write(file.subarray(0, 1024));
    void Promise.resolve(held).then(() => response.end(file.subarray(1024)));
  });
  await new Promise<void>((resolve) => server.listen(0, ip, resolve));
  const base = `https://${ip}:${(server.address() as AddressInfo).port}`;
  images.url = `${base}/small.qcow2`;
  images.raw.url = `${base}/small.raw`;
  images.md5sums = `${base}/MD5SUMS`;
  return images;
}

function digest(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

function makeImage(): { qcow2: Buffer; raw: Buffer } {
  const raw = join(tmpdir(), `slipway-image-${process.pid}.raw`);
  const qcow2 = `${raw}.qcow2`;
  const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'pipe'] };
  try {
    writeFileSync(raw, '');
    truncateSync(raw, 40 * 1024 * 1024);
    execFileSync('sgdisk', ['-n', '1:1MiB:+16MiB', '-t', '1:ef00', '-n', '2:20MiB:+16MiB', '-t', '2:8300', raw], quiet);
    execFileSync('dd', [`of=${raw}`, 'bs=1M', 'seek=20', 'conv=notrunc', 'status=none'], { input: TEXT });
    execFileSync('qemu-img', ['convert', '-O', 'qcow2', raw, qcow2], quiet);
    return { qcow2: readFileSync(qcow2), raw: readFileSync(raw) };
  } finally {
    for (const file of [raw, qcow2]) rmSync(file, { force: true });
  }
}
