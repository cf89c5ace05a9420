/** The records of ISO 9660 (ECMA-119) and Rock Ridge (SUSP, RRIP 1.09), byte by byte. Used by the writer. */

/** Logical sector and block size. */
export const SECTOR = 2048;

/** A file or directory as its directory record needs it. */
export interface RecordOf {
  /** ISO name (`GRUB.CFG;1`), or `\0` and `\x01` for the directory itself and its parent. */
  isoName: string;
  /** Name as users wrote it; kept by Rock Ridge. Empty for the two special ones. */
  name: string;
  directory: boolean;
  sector: number;
  size: number;
  /** Links of a directory (2 + subdirectories); 1 for files. */
  links: number;
  /** The root's own record carries the marks that switch Rock Ridge on. */
  root?: boolean;
}

/** Sectors that hold `bytes`. */
export function sectorsOf(bytes: number): number {
  return Math.ceil(bytes / SECTOR);
}

/** A directory record with its Rock Ridge fields. */
export function directoryRecord(of: RecordOf): Buffer {
  const nameLength = of.isoName.length;
  const head = Buffer.alloc(33 + nameLength + (nameLength % 2 === 0 ? 1 : 0));
  both32(head, 2, of.sector);
  both32(head, 10, of.size);
  // 2000-01-01 00:00 UTC: fixed, so that equal content gives equal bytes.
  Buffer.from([100, 1, 1, 0, 0, 0, 0]).copy(head, 18);
  head[25] = of.directory ? 2 : 0;
  both16(head, 28, 1);
  head[32] = nameLength;
  head.write(of.isoName, 33, 'latin1');
  const parts = [head, ...(of.root ? [sharingProtocol(), extensionReference()] : []), posixAttributes(of)];
  if (of.name) parts.push(alternateName(of.name));
  const record = Buffer.concat(parts);
  const even = record.length % 2 === 0 ? record : Buffer.concat([record, Buffer.alloc(1)]);
  if (even.length > 254) throw new RangeError(`name too long for ISO 9660: ${of.name}`);
  even[0] = even.length;
  return even;
}

/** The 34-byte record of the root directory inside the volume descriptor: no Rock Ridge there. */
export function rootRecord(sector: number, size: number): Buffer {
  const record = Buffer.alloc(34);
  record[0] = 34;
  both32(record, 2, sector);
  both32(record, 10, size);
  Buffer.from([100, 1, 1, 0, 0, 0, 0]).copy(record, 18);
  record[25] = 2;
  both16(record, 28, 1);
  record[32] = 1;
  return record;
}

/** One entry of a path table; `bigEndian` for the M table. */
export function pathTableEntry(isoName: string, sector: number, parent: number, bigEndian: boolean): Buffer {
  const entry = Buffer.alloc(8 + isoName.length + (isoName.length % 2));
  entry[0] = isoName.length;
  if (bigEndian) {
    entry.writeUInt32BE(sector, 2);
    entry.writeUInt16BE(parent, 6);
  } else {
    entry.writeUInt32LE(sector, 2);
    entry.writeUInt16LE(parent, 6);
  }
  entry.write(isoName, 8, 'latin1');
  return entry;
}

/** What the primary volume descriptor tells. */
export interface VolumeOf {
  label: string;
  sectors: number;
  pathTableBytes: number;
  pathTableL: number;
  pathTableM: number;
  rootSector: number;
  rootBytes: number;
}

/** The primary volume descriptor. */
export function volumeDescriptor(of: VolumeOf): Buffer {
  const sector = descriptor(1);
  sector.fill(' ', 8, 72);
  sector.write(of.label, 40, 'latin1');
  both32(sector, 80, of.sectors);
  both16(sector, 120, 1);
  both16(sector, 124, 1);
  both16(sector, 128, SECTOR);
  both32(sector, 132, of.pathTableBytes);
  sector.writeUInt32LE(of.pathTableL, 140);
  sector.writeUInt32BE(of.pathTableM, 148);
  rootRecord(of.rootSector, of.rootBytes).copy(sector, 156);
  sector.fill(' ', 190, 813);
  sector.write('SLIPWAY', 574, 'latin1');
  sector.write('2000010100000000', 813, 'latin1');
  sector.write('2000010100000000', 830, 'latin1');
  sector.write('0000000000000000', 847, 'latin1');
  sector.write('0000000000000000', 864, 'latin1');
  sector[881] = 1;
  return sector;
}

/** The El Torito boot record that points at the boot catalog. */
export function bootRecord(catalogSector: number): Buffer {
  const sector = descriptor(0);
  sector.write('EL TORITO SPECIFICATION', 7, 'latin1');
  sector.writeUInt32LE(catalogSector, 71);
  return sector;
}

/** Ends the list of descriptors. */
export function terminator(): Buffer {
  return descriptor(255);
}

/** A boot image for the catalog. */
export interface BootImage {
  platform: 'BIOS' | 'UEFI';
  sector: number;
  size: number;
}

/** The El Torito boot catalog: the first image is the default entry, each further one a section. */
export function bootCatalog(images: BootImage[]): Buffer {
  const sector = Buffer.alloc(SECTOR);
  images.forEach((image, index) => {
    const at = index * 64;
    const platform = image.platform === 'UEFI' ? 0xef : 0;
    if (index === 0) {
      sector[at] = 1;
      sector[at + 1] = platform;
      sector.writeUInt16LE(0xaa55, at + 30);
      let sum = 0;
      for (let offset = 0; offset < 32; offset += 2) sum += sector.readUInt16LE(at + offset);
      sector.writeUInt16LE((0x10000 - (sum & 0xffff)) & 0xffff, at + 28);
    } else {
      sector[at] = index === images.length - 1 ? 0x91 : 0x90;
      sector[at + 1] = platform;
      sector.writeUInt16LE(1, at + 2);
    }
    const entry = at + 32;
    sector[entry] = 0x88;
    // Count in 512-byte sectors. BIOS loaders are told 4 (they load the rest themselves); an ESP is given whole.
    sector.writeUInt16LE(image.platform === 'BIOS' ? 4 : Math.min(0xffff, Math.ceil(image.size / 512)), entry + 6);
    sector.writeUInt32LE(image.sector, entry + 8);
  });
  return sector;
}

function descriptor(type: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector[0] = type;
  sector.write('CD001', 1, 'latin1');
  sector[6] = 1;
  return sector;
}

function sharingProtocol(): Buffer {
  return Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef, 0]);
}

function extensionReference(): Buffer {
  const id = 'RRIP_1991A';
  return Buffer.concat([Buffer.from([0x45, 0x52, 8 + id.length, 1, id.length, 0, 0, 1]), Buffer.from(id, 'latin1')]);
}

function posixAttributes(of: RecordOf): Buffer {
  const field = Buffer.alloc(36);
  field.write('PX', 0, 'latin1');
  field[2] = 36;
  field[3] = 1;
  both32(field, 4, of.directory ? 0o040555 : 0o100444);
  both32(field, 12, of.links);
  return field;
}

function alternateName(name: string): Buffer {
  const bytes = Buffer.from(name, 'utf8');
  return Buffer.concat([Buffer.from([0x4e, 0x4d, 5 + bytes.length, 1, 0]), bytes]);
}

function both32(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt32LE(value, at);
  buffer.writeUInt32BE(value, at + 4);
}

function both16(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt16LE(value, at);
  buffer.writeUInt16BE(value, at + 2);
}
