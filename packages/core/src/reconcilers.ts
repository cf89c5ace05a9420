/** The list of reconcilers: a table of contents. Server only. */
import type { Reconciler } from './runtime/define-reconciler.ts';

export const RECONCILERS: readonly Reconciler[] = [];
