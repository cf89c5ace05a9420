/** The tree's sources and who imports whom, for the tidy tests. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = normalize(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

/** One source file and the files and packages it imports. */
export interface Source {
  /** From the root, with slashes. */
  path: string;
  text: string;
  lines: number;
  /** Files of this repository, from the root. Type-only imports too: they also couple. */
  imports: string[];
  /** Packages and `node:` modules. */
  packages: string[];
}

const WORKSPACES: Record<string, string> = {
  '@slipway/core/': 'packages/core/src/',
  '@slipway/sim/': 'packages/sim/src/',
  '@slipway/api/': 'apps/api/src/',
};

/** All TypeScript sources known to Git or about to be, without what is generated. */
export function sources(): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map(read);
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const imports: string[] = [];
  const packages: string[] = [];
  for (const [, name] of text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"\n]+)['"]/g)) {
    const file = name === undefined ? undefined : fileOf(path, name);
    if (file !== undefined) imports.push(file);
    else if (name !== undefined) packages.push(name);
  }
  return { path, text, lines: text.split('\n').length - 1, imports, packages };
}

/** The file an import names, from the root; undefined for a package. */
function fileOf(from: string, name: string): string | undefined {
  for (const [prefix, folder] of Object.entries(WORKSPACES))
    if (name.startsWith(prefix)) return folder + name.slice(prefix.length);
  const base = name.startsWith('@/')
    ? join('apps/web/src', name.slice(2))
    : name.startsWith('.')
      ? join(dirname(from), name)
      : undefined;
  if (base === undefined) return undefined;
  const found = ['', '.ts', '.tsx', '/index.ts', '/index.tsx']
    .map((end) => base + end)
    .find((path) => /\.\w+$/.test(path) && existsSync(join(root, path)));
  return relative('.', found ?? base);
}
