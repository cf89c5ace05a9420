/** What a simulated BMC remembers besides its server's state. */

/** Its sessions and the traces of past media. */
export interface BmcState {
  /** By token. */
  sessions: Map<string, { id: string; usedAt: number }>;
  nextId: number;
  /** Reads that still say inserted after an eject. */
  ejectLag: number;
  lastImage: string;
  /** Tasks that answer 202 once more, by path. */
  openTasks: Set<string>;
}

/** A BMC that nobody has talked to. */
export function newBmcState(): BmcState {
  return { sessions: new Map(), nextId: 1, ejectLag: 0, lastImage: '', openTasks: new Set() };
}
