import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FILE, renderReconcilers } from './reconcilers.ts';

it('docs/reconcilers.md says what the reconcilers declare; if not: node scripts/docs/reconcilers.ts', () => {
  expect(readFileSync(join(import.meta.dirname, '../..', FILE), 'utf8')).toBe(renderReconcilers());
});
