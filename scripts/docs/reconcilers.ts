/** docs/reconcilers.md, from the reconcilers' own declarations: who is for, owns, reads and writes what. `node scripts/docs/reconcilers.ts` writes it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RECONCILERS } from '../../packages/core/src/reconcilers.ts';

/** The file, from the root. */
export const FILE = 'docs/reconcilers.md';

/** The page's text. */
export function renderReconcilers(): string {
  const rows = RECONCILERS.map((reconciler) => {
    const names = (kinds: { kind: string }[]) => [...new Set(kinds.map(({ kind }) => kind))].sort().join(', ') || '–';
    const writes = Object.entries(reconciler.writes).map(
      ([kind, paths]) => `${kind.split('/').at(-1)}: ${paths.map((path) => `\`${path}\``).join(' ')}`,
    );
    const reads =
      reconciler.reads.length > 12 ? `${reconciler.reads.length} kinds` : names(reconciler.reads.map(({ kind }) => kind));
    const others =
      writes.length > 12
        ? `${writes.length} kinds: \`${[...new Set(Object.values(reconciler.writes).flat())].join('` `')}\``
        : writes.join('; ') || '–';
    return `| \`${reconciler.name}\` | ${reconciler.for.kind} | ${names(reconciler.owns)} | ${reads} | ${others} |`;
  });
  return [
    '# Reconcilers',
    '',
    'Made from their declarations by `node scripts/docs/reconcilers.ts`; a test keeps it fresh. A reconciler is woken by what it is for, owns and',
    'reads. On its own rows it may write everything; on others only the paths listed. The executor refuses the rest.',
    '',
    '| reconciler | for | owns | woken by | writes on others |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(import.meta.dirname, '../..', FILE), renderReconcilers());
}
