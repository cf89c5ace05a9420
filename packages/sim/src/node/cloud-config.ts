/** Reads a config drive as cloud-init does. */

import { gunzipSync } from 'node:zlib';
import { readIso, textOf } from '@slipway/core/drivers/boot/iso9660-read.ts';
import { parse } from 'yaml';
import { renderJinja } from './jinja.ts';

/** What cloud-init would do. */
export interface CloudConfig {
  metaData: Record<string, unknown>;
  files: Map<string, string>;
  runcmd: string[];
}

/** Reads it; a sentence says why it cannot be read. */
export function readConfigDrive(drive: Uint8Array): CloudConfig | { problem: string } {
  if (drive.length === 0) return { problem: 'no datasource found: there is no config drive' };
  try {
    const iso = readIso(drive);
    if (iso.label.toLowerCase() !== 'config-2') return { problem: `no datasource found: the disc is labelled ${iso.label}` };
    const metaData = JSON.parse(textOf(iso, 'openstack/latest/meta_data.json') ?? '{}') as Record<string, unknown>;
    const userData = renderJinja(textOf(iso, 'openstack/latest/user_data') ?? '', metaData);
    if (!userData.trimStart().startsWith('#cloud-config')) return { problem: 'user data are not a cloud-config' };
    const config = (parse(userData) ?? {}) as { write_files?: WriteFile[]; runcmd?: (string | string[])[] };
    const files = new Map<string, string>();
    for (const file of config.write_files ?? [])
      files.set(file.path, `${file.append ? (files.get(file.path) ?? '') : ''}${contentOf(file)}`);
    const runcmd = (config.runcmd ?? []).map((command) => (Array.isArray(command) ? command.join(' ') : command));
    return { metaData, files, runcmd };
  } catch (error) {
    return { problem: `config drive cannot be read: ${(error as Error).message}` };
  }
}

interface WriteFile {
  path: string;
  content?: string;
  encoding?: string;
  append?: boolean;
}

function contentOf({ content = '', encoding = '' }: WriteFile): string {
  const bytes = /b64|base64/.test(encoding) ? Buffer.from(content, 'base64') : Buffer.from(content, 'utf8');
  return (/^gz/.test(encoding) ? gunzipSync(bytes) : bytes).toString('utf8');
}
