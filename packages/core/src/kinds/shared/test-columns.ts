/** For tests: the columns of a kind as one line each version, `(w)` = wide. */
import type { AnyKind } from '../../registry/define-kind.ts';

/** Header names in order. */
export function columnsOf(kind: AnyKind, version = kind.hub): string {
  const columns = kind.versions.find((candidate) => candidate.name === version)?.columns ?? kind.columns;
  return columns.map((column) => `${column.name}${column.wide ? '(w)' : ''}`).join(', ');
}
