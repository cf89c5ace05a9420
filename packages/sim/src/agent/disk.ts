/** What the agent does to disks: erase, and write an image with its config drive. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { readIso } from '@slipway/core/drivers/boot/iso9660-read.ts';
import { type DiskHardware, disksOf } from '../hardware.ts';
import { versionOf } from '../images.ts';
import { lasts, networkOf } from '../server.ts';
import { siteRequest } from '../site-request.ts';
import type { AgentState } from './agent.ts';
import { RestError } from './rest-error.ts';

/** Simulated seconds. */
const ERASE = 20;
const WRITE = 120;

type Params = Record<string, unknown>;

/** Erases partition tables and signatures of all disks. */
export async function eraseMetadata(agent: AgentState, step: string): Promise<void> {
  agent.server.around.log.add(agent.server.spec.name, 'erase', step);
  agent.server.disk = null;
  agent.server.around.changed();
  await lasts(agent.server, ERASE, agent.signal);
}

/** Downloads the image from inside the site, checks it, writes it to the root device, then the config drive. Errors as the agent words them. */
export async function writeImage(agent: AgentState, info: Params, configDrive: unknown, hints: Params): Promise<string> {
  const { server } = agent;
  const device = rootDevice(disksOf(server.spec, server.faults), hints);
  const url = Array.isArray(info.urls) && typeof info.urls[0] === 'string' ? info.urls[0] : undefined;
  if (!url) throw new RestError('InvalidCommandParamsError', 'Image is missing one or more URLs');
  if (!['qcow2', 'raw', 'gpt'].includes(String(info.disk_format))) {
    throw new RestError('InvalidImage', `Image format ${String(info.disk_format)} is not permitted`);
  }
  server.around.log.add(server.spec.name, 'write-image', `${url} to ${device.name}`);
  server.disk = null;
  await lasts(server, WRITE / 2, agent.signal);
  const image = await download(agent, url);
  if (server.faults.has('image-corrupt')) image[image.length - 1]! ^= 0xff;
  checkDigest(info, image, url);
  await lasts(server, WRITE / 2, agent.signal);
  const version = versionOf(image);
  if (!version) throw new RestError('InvalidImage', `${url} is not a bootable image`);
  const drive = await configDriveOf(agent, configDrive);
  server.disk = { imageUrl: url, kubernetesVersion: version, files: {}, ...(drive ? { configDrive: drive } : {}) };
  server.around.changed();
  return `image (${String(info.id ?? url)}) written to device ${device.name} root_uuid=0x5c6e2f11`;
}

async function download(agent: AgentState, url: string): Promise<Buffer> {
  const { siteCa } = agent.server.around;
  const answer = await siteRequest(networkOf(agent.server), { url, ca: siteCa, signal: agent.signal }).catch((error) => {
    throw new RestError(
      'ImageDownloadError',
      `Download of image ${url} failed: ${error instanceof Error ? error.message : 'failed'}`,
    );
  });
  const { status } = answer;
  if (status !== 200) {
    const said = `Download of image ${url} failed: Received status code ${status} from ${url}, expected 200.`;
    throw new RestError(status < 500 ? 'ImageDownloadFatalError' : 'ImageDownloadError', said);
  }
  return answer.body;
}

function checkDigest(info: Params, image: Buffer, url: string): void {
  const value = String(info.os_hash_value ?? info.checksum ?? '').toLowerCase();
  const named32 = { 32: 'md5', 64: 'sha256', 128: 'sha512' }[value.length];
  const algorithm = typeof info.os_hash_algo === 'string' ? info.os_hash_algo : named32;
  if (!value || !algorithm)
    throw new RestError('InvalidCommandParamsError', 'image_info needs os_hash_algo and os_hash_value, or checksum');
  const actual = createHash(algorithm).update(image).digest('hex');
  if (actual !== value) {
    throw new RestError(
      'ImageChecksumError',
      `Image failed to verify against checksum. location: ${url}; verification checksum: ${value}; image checksum: ${actual}`,
    );
  }
}

/** Config drive: URL, or base64 of gzip of an ISO 9660 image labelled config-2. Kept compressed. */
async function configDriveOf(agent: AgentState, given: unknown): Promise<Buffer | undefined> {
  if (typeof given !== 'string' || !given) return undefined;
  const bytes = /^https?:\/\//.test(given) ? await download(agent, given) : Buffer.from(given, 'base64');
  const label = readIso(gunzipSync(bytes, { maxOutputLength: 64 * 1024 * 1024 })).label;
  if (label.toLowerCase() !== 'config-2')
    throw new RestError('InvalidCommandParamsError', `config drive has label ${label}, not config-2`);
  return bytes;
}

/** The disk that all hints match; without hints the smallest over 4 GiB, as the agent chooses. */
export function rootDevice(disks: DiskHardware[], hints: Params): DiskHardware {
  const found = [...disks]
    .sort((a, b) => a.size - b.size)
    .find((disk) => Object.entries(hints).every(([name, hint]) => matches(disk, name, hint)));
  if (found) return found;
  const seen = disks.map((disk) => disk.name).join(', ');
  throw new RestError(
    'DeviceNotFound',
    `No suitable device was found for deployment using these hints ${JSON.stringify(hints)}; found ${seen || 'none'}`,
  );
}

/** The operators that Metal3 uses: `s==`, `<in>`, `>=`, `==`, booleans. */
function matches(disk: DiskHardware, name: string, hint: unknown): boolean {
  const actual = name === 'size' ? Math.floor(disk.size / 1024 ** 3) : disk[name as keyof DiskHardware];
  const text = String(hint).trim();
  const [, operator = '', operand = text] = /^(s==|==|<in>|>=)\s*(.*)$/.exec(text) ?? [];
  if (operator === '>=') return Number(actual) >= Number(operand);
  if (operator === '<in>') return String(actual).toLowerCase().includes(operand.toLowerCase());
  return String(actual).toLowerCase() === operand.toLowerCase();
}
