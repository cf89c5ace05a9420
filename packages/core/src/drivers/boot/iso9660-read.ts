/** A small reader of ISO 9660 with Rock Ridge names: for tests and for simulated machines that boot from what we wrote. */
import { SECTOR } from './iso9660-records.ts';

/** What an image holds. */
export interface IsoContent {
  label: string;
  /** In the order of the directories. */
  files: { path: string; data: Uint8Array }[];
  /** El Torito boot images, if it has any. */
  boot: { platform: 'BIOS' | 'UEFI'; data: Uint8Array }[];
}

interface Entry {
  name: string;
  directory: boolean;
  sector: number;
  size: number;
}

/** Reads an image. Throws RangeError if it is not one or is cut short. At most 10,000 files, 16 levels. */
export function readIso(bytes: Uint8Array): IsoContent {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (image.length < 18 * SECTOR || image.toString('latin1', 16 * SECTOR + 1, 16 * SECTOR + 6) !== 'CD001') {
    throw new RangeError('not an ISO 9660 image');
  }
  const volume = image.subarray(16 * SECTOR, 17 * SECTOR);
  const files: IsoContent['files'] = [];
  walk(image, volume.readUInt32LE(158), volume.readUInt32LE(166), '', 0, files);
  return { label: volume.toString('latin1', 40, 72).trimEnd(), files, boot: bootImages(image) };
}

/** The text of one file of an image, or undefined. */
export function textOf(content: IsoContent, path: string): string | undefined {
  const file = content.files.find((each) => each.path === path);
  return file && Buffer.from(file.data).toString('utf8');
}

function walk(image: Buffer, sector: number, size: number, prefix: string, level: number, files: IsoContent['files']): void {
  if (level > 16 || files.length > 10_000) throw new RangeError('ISO 9660 image too deep or with too many files');
  for (const entry of entriesOf(image, sector, size)) {
    const path = prefix + entry.name;
    if (entry.directory) walk(image, entry.sector, entry.size, `${path}/`, level + 1, files);
    else files.push({ path, data: extent(image, entry.sector, entry.size) });
  }
}

function* entriesOf(image: Buffer, sector: number, size: number): Generator<Entry> {
  const bytes = extent(image, sector, size);
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at]!;
    if (length === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
      continue;
    }
    const record = bytes.subarray(at, at + length);
    at += length;
    const isoName = record.toString('latin1', 33, 33 + record[32]!);
    if (isoName === '\0' || isoName === '\x01') continue;
    const name = rockRidgeName(record) ?? isoName.replace(/\.?;\d+$/, '');
    yield { name, directory: (record[25]! & 2) !== 0, sector: record.readUInt32LE(2), size: record.readUInt32LE(10) };
  }
}

function rockRidgeName(record: Buffer): string | undefined {
  const nameLength = record[32]!;
  let at = 33 + nameLength + (nameLength % 2 === 0 ? 1 : 0);
  let name: string | undefined;
  while (at + 4 <= record.length && record[at + 2]! >= 4) {
    const length = record[at + 2]!;
    if (record.toString('latin1', at, at + 2) === 'NM') name = (name ?? '') + record.toString('utf8', at + 5, at + length);
    at += length;
  }
  return name;
}

function bootImages(image: Buffer): IsoContent['boot'] {
  const record = image.subarray(17 * SECTOR, 18 * SECTOR);
  if (record[0] !== 0 || record.toString('latin1', 7, 30) !== 'EL TORITO SPECIFICATION') return [];
  const catalog = extent(image, record.readUInt32LE(71), SECTOR);
  const found: IsoContent['boot'] = [];
  for (let at = 0; at + 64 <= SECTOR && catalog[at + 32] === 0x88; at += 64) {
    const sector = catalog.readUInt32LE(at + 40);
    const platform = catalog[at + 1] === 0xef ? 'UEFI' : 'BIOS';
    found.push({
      platform,
      data: extent(image, sector, Math.min(catalog.readUInt16LE(at + 38) * 512, image.length - sector * SECTOR)),
    });
    if (at > 0 && catalog[at] === 0x91) break;
  }
  return found;
}

function extent(image: Buffer, sector: number, size: number): Buffer {
  const at = sector * SECTOR;
  if (at + size > image.length) throw new RangeError('ISO 9660 image is cut short');
  return image.subarray(at, at + size);
}
