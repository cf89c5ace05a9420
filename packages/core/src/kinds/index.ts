/** The list of kinds: a table of contents. Browser-safe. A kind that is not finished is not here. */
import type { AnyKind } from '../registry/define-kind.ts';

export const KINDS: readonly AnyKind[] = [];
