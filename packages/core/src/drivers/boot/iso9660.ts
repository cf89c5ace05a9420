/**
 * Writes ISO 9660 images: level 1 names for firmware, Rock Ridge so that `meta_data.json` stays lower case and long for Linux and GRUB,
 * El Torito so that UEFI and BIOS start from it. Equal input gives equal bytes. Large members are streamed, never held.
 */
import {
  type BootImage,
  bootCatalog,
  bootRecord,
  directoryRecord,
  pathTableEntry,
  type RecordOf,
  SECTOR,
  sectorsOf,
  terminator,
  volumeDescriptor,
} from './iso9660-records.ts';

/** Content that is read when it is needed. */
export interface IsoSource {
  /** Bytes; at most 4 GiB - 1. */
  size: number;
  /** Bytes `start` (inclusive) to `end` (exclusive), in order, in chunks. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** One file of an image. */
export interface IsoFile {
  /** `openstack/latest/meta_data.json`: relative, at most 8 levels, names of at most 150 bytes. */
  path: string;
  data: Uint8Array | IsoSource;
}

/** What goes into an image. */
export interface IsoInput {
  /** Volume label: 1 to 32 characters of printable ASCII. Case is kept (`config-2`). */
  label: string;
  files: IsoFile[];
  /** Path of the file (one of `files`) that is an EFI system partition image. */
  efiImage?: string;
  /** Path of the file that is a BIOS boot loader: started as it is, without the boot information table that ISOLINUX and GRUB want. */
  biosImage?: string;
}

/** An image laid out: its size is known, its bytes come on demand. */
export interface IsoPlan {
  size: number;
  /** Bytes `start` to `end` (exclusive), for ranges of an HTTP download. */
  read(start: number, end: number): AsyncGenerator<Uint8Array>;
}

interface Directory {
  name: string;
  isoName: string;
  parent: Directory;
  directories: Directory[];
  files: { name: string; isoName: string; file: IsoFile; sector: number }[];
  sector: number;
  size: number;
  number: number;
}

interface Segment {
  at: number;
  data: Uint8Array | IsoSource;
}

/** The whole image in memory; for small ones, such as a config drive. Throws RangeError on names ISO 9660 cannot hold. */
export function buildIso(label: string, files: { path: string; data: Uint8Array }[]): Uint8Array {
  const { size, segments } = layOut({ label, files });
  const image = new Uint8Array(size);
  for (const { at, data } of segments) if (data instanceof Uint8Array) image.set(data, at);
  return image;
}

/** Lays an image out without reading its members. Throws RangeError on names or sizes ISO 9660 cannot hold. */
export function planIso(input: IsoInput): IsoPlan {
  const { size, segments } = layOut(input);
  return { size, read: (start, end) => readSegments(segments, Math.max(0, start), Math.min(end, size)) };
}

function layOut(input: IsoInput): { size: number; segments: Segment[] } {
  if (!/^[\x20-\x7e]{1,32}$/.test(input.label))
    throw new RangeError(`volume label must be 1 to 32 ASCII characters: ${input.label}`);
  const root = treeOf(input.files);
  const directories = breadthFirst(root);
  const bootPaths = [input.biosImage, input.efiImage].filter((path) => path !== undefined);
  const tableBytes = directories.reduce((sum, directory) => sum + pathEntry(directory, false).length, 0);

  const catalog = bootPaths.length > 0 ? 18 : 0;
  let next = bootPaths.length > 0 ? 20 : 18;
  const pathTableL = next;
  const pathTableM = pathTableL + sectorsOf(tableBytes);
  next = pathTableM + sectorsOf(tableBytes);
  for (const directory of directories) {
    directory.size = directoryBytes(directory).length;
    directory.sector = next;
    next += sectorsOf(directory.size);
  }
  const members = directories.flatMap((directory) => directory.files);
  for (const member of members) {
    const size = sizeOf(member.file);
    if (size > 0xffffffff)
      throw new RangeError(`${member.file.path} is larger than 4 GiB, which ISO 9660 cannot hold in one extent`);
    member.sector = size === 0 ? 0 : next;
    next += sectorsOf(size);
  }

  const bootImages = bootPaths.map((path): BootImage => {
    const member = members.find(({ file }) => file.path === path);
    if (!member) throw new RangeError(`boot image ${path} is not among the files`);
    return { platform: path === input.efiImage ? 'UEFI' : 'BIOS', sector: member.sector, size: sizeOf(member.file) };
  });
  const volume = volumeDescriptor({
    label: input.label,
    sectors: next,
    pathTableBytes: tableBytes,
    pathTableL,
    pathTableM,
    rootSector: root.sector,
    rootBytes: root.size,
  });
  const at = (sector: number, data: Uint8Array | IsoSource): Segment => ({ at: sector * SECTOR, data });
  const boot = catalog ? [at(17, bootRecord(19)), at(18, terminator()), at(19, bootCatalog(bootImages))] : [at(17, terminator())];
  const segments = [
    at(16, volume),
    ...boot,
    at(pathTableL, Buffer.concat(directories.map((directory) => pathEntry(directory, false)))),
    at(pathTableM, Buffer.concat(directories.map((directory) => pathEntry(directory, true)))),
    ...directories.map((directory) => at(directory.sector, directoryBytes(directory))),
    ...members.filter((member) => member.sector > 0).map((member) => at(member.sector, member.file.data)),
  ];
  return { size: next * SECTOR, segments };
}

function treeOf(files: IsoFile[]): Directory {
  const root = newDirectory('', '\0', undefined);
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const names = file.path.split('/');
    if (names.length > 8) throw new RangeError(`more than 8 levels: ${file.path}`);
    for (const name of names) {
      if (!name || name === '.' || name === '..' || name.includes('\0') || Buffer.byteLength(name) > 150) {
        throw new RangeError(`not a file name for ISO 9660: ${file.path}`);
      }
    }
    const last = names.pop()!;
    let directory = root;
    for (const name of names) directory = subdirectory(directory, name);
    if (taken(directory).some((entry) => entry.name === last)) throw new RangeError(`given twice: ${file.path}`);
    directory.files.push({ name: last, isoName: `${isoName(last, directory, true)};1`, file, sector: 0 });
  }
  return root;
}

function subdirectory(parent: Directory, name: string): Directory {
  const found = parent.directories.find((directory) => directory.name === name);
  if (found) return found;
  const made = newDirectory(name, isoName(name, parent, false), parent);
  parent.directories.push(made);
  return made;
}

function newDirectory(name: string, isoName: string, parent: Directory | undefined): Directory {
  const directory = { name, isoName, directories: [], files: [], sector: 0, size: 0, number: 1 } as unknown as Directory;
  directory.parent = parent ?? directory;
  return directory;
}

function taken(directory: Directory) {
  return [...directory.directories, ...directory.files];
}

/** A level 1 name (8.3, capitals, digits, underscore), made unique in its directory by a number. */
function isoName(name: string, directory: Directory, file: boolean): string {
  const clean = (text: string) => text.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
  const dot = file ? name.lastIndexOf('.') : -1;
  const extension = dot > 0 ? clean(name.slice(dot + 1)).slice(0, 3) : '';
  const stem = clean(dot > 0 ? name.slice(0, dot) : name);
  const used = new Set(taken(directory).map((entry) => entry.isoName.replace(/;1$/, '')));
  for (let number = 0; ; number++) {
    const tail = number === 0 ? '' : String(number);
    const base = stem.slice(0, 8 - tail.length) + tail;
    const candidate = file ? `${base}.${extension}` : base;
    if (!used.has(candidate)) return candidate;
  }
}

/** ECMA-119 9.4: path tables are ordered by level, then by the parent's number, then by name. */
function breadthFirst(root: Directory): Directory[] {
  const all = [root];
  for (let index = 0; index < all.length; index++) {
    const directory = all[index]!;
    directory.number = index + 1;
    all.push(...directory.directories.sort((a, b) => (a.isoName < b.isoName ? -1 : 1)));
  }
  return all;
}

function pathEntry(directory: Directory, bigEndian: boolean): Buffer {
  return pathTableEntry(directory.isoName, directory.sector, directory.parent.number, bigEndian);
}

/** The directory's records; none crosses a sector boundary (ECMA-119 6.8.1.1). */
function directoryBytes(directory: Directory): Buffer {
  const dot = (isoName: string, of: Directory, root: boolean): RecordOf => ({ ...recordOf(of), isoName, name: '', root });
  const entries: RecordOf[] = [
    ...directory.directories.map(recordOf),
    ...directory.files.map((file) => ({ ...file, directory: false, size: sizeOf(file.file), links: 1 })),
  ].sort((a, b) => (a.isoName < b.isoName ? -1 : 1));
  const records = [dot('\0', directory, directory.parent === directory), dot('\x01', directory.parent, false), ...entries].map(
    directoryRecord,
  );
  const sectors: Buffer[] = [];
  let used = 0;
  for (const record of records) {
    const left = SECTOR - (used % SECTOR);
    if (record.length > left) {
      sectors.push(Buffer.alloc(left));
      used += left;
    }
    sectors.push(record);
    used += record.length;
  }
  sectors.push(Buffer.alloc((SECTOR - (used % SECTOR)) % SECTOR));
  return Buffer.concat(sectors);
}

function recordOf(directory: Directory): RecordOf {
  const { isoName, name, sector, size } = directory;
  return { isoName, name, directory: true, sector, size, links: 2 + directory.directories.length };
}

function sizeOf(file: IsoFile): number {
  return file.data instanceof Uint8Array ? file.data.length : file.data.size;
}

async function* readSegments(segments: Segment[], start: number, end: number): AsyncGenerator<Uint8Array> {
  let at = start;
  for (const segment of segments) {
    const size = segment.data instanceof Uint8Array ? segment.data.length : segment.data.size;
    const until = Math.min(end, segment.at + size);
    if (segment.at + size <= at || segment.at >= end) continue;
    if (segment.at > at) yield* zeros(segment.at - at);
    const from = Math.max(at, segment.at);
    if (segment.data instanceof Uint8Array) yield segment.data.subarray(from - segment.at, until - segment.at);
    else yield* segment.data.read(from - segment.at, until - segment.at);
    at = until;
  }
  if (at < end) yield* zeros(end - at);
}

function* zeros(count: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(Math.min(count, 65536));
  for (let left = count; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}
