/** What a power cut of the simulator itself must not lose: which servers were on, and what is on their disks. One JSON file. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resumePower, type SimServer } from './server.ts';

/** Keeps the file up to date. */
export interface StateFile {
  /** Something that is kept has changed; written soon. */
  changed(): void;
  /** Writes now and stops. */
  close(): void;
}

interface Saved {
  version: 1;
  servers: Record<string, { on: boolean; bootMode: 'UEFI' | 'Legacy'; disk: SavedDisk | null }>;
}

interface SavedDisk {
  imageUrl: string;
  kubernetesVersion: string;
  /** base64 of gzip of ISO 9660. */
  configDrive?: string;
  files: Record<string, string>;
}

/** Real milliseconds from a change to its write, and between two writes. A write's own cost stays below a twentieth of the time. */
const SOON_MS = 50;
const PAUSE_MS = 1000;
const SHARE = 20;

/** Puts servers back as the file says, and those that were on to work again. Nothing if there is no file. Throws on a file of another version. */
export function restoreState(path: string, servers: SimServer[]): void {
  if (!existsSync(path)) return;
  const saved = JSON.parse(readFileSync(path, 'utf8')) as Saved;
  if (saved.version !== 1) throw new Error(`${path} was written by another version of the simulator: delete it to start afresh`);
  for (const server of servers) {
    const was = saved.servers[server.spec.name];
    if (!was) continue;
    server.bootMode = was.bootMode;
    const { configDrive, ...disk } = was.disk ?? { configDrive: undefined };
    if (was.disk)
      server.disk = {
        ...(disk as SavedDisk),
        ...(configDrive ? { configDrive: Buffer.from(configDrive, 'base64') } : {}),
      } as SimServer['disk'];
    if (was.on) resumePower(server);
  }
}

/** Starts keeping the file. */
export function keepState(path: string, servers: SimServer[]): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let next = 0;
  const write = () => {
    timer = undefined;
    const began = Date.now();
    writeFileSync(`${path}.new`, JSON.stringify(savedOf(servers)), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    next = Date.now() + Math.max(PAUSE_MS, SHARE * (Date.now() - began));
  };
  return {
    changed: () => {
      timer ??= setTimeout(write, Math.max(SOON_MS, next - Date.now()));
    },
    close: () => {
      clearTimeout(timer);
      write();
    },
  };
}

function savedOf(servers: SimServer[]): Saved {
  const entries = servers.map(({ spec, power, bootMode, disk }): [string, Saved['servers'][string]] => {
    const configDrive = disk?.configDrive ? { configDrive: disk.configDrive.toString('base64') } : {};
    const on = power === 'On' || power === 'PoweringOn';
    return [spec.name, { on, bootMode, disk: disk ? ({ ...disk, ...configDrive } as SavedDisk) : null }];
  });
  return { version: 1, servers: Object.fromEntries(entries) };
}
