/** The memory store's operations: rows by id, guarded by the state they were in. */
import { copyJson } from '../json.ts';
import { operationConflict } from '../prepare.ts';
import type { Operation, OperationWrite } from '../store.ts';

/** The most that a list of an object's operations returns. */
export const OPERATIONS_LISTED = 100;

/** Operations in memory. */
export interface Operations {
  /** Throws `conflict` if a row is not in the state it was planned from. */
  guard(writes: readonly OperationWrite[]): void;
  put(writes: readonly OperationWrite[]): void;
  of(subjectUid: string): Operation[];
}

/** Makes an empty collection. */
export function createOperations(): Operations {
  const rows = new Map<string, Operation>();
  const bySubject = new Map<string, string[]>();
  return {
    guard(writes) {
      for (const { from, operation } of writes) {
        const state = rows.get(operation.id)?.state ?? 'absent';
        if (state !== from) throw operationConflict(operation.id, from, state);
      }
    },
    put(writes) {
      for (const { operation } of writes) {
        if (!rows.has(operation.id)) {
          bySubject.set(operation.subjectUid, [operation.id, ...(bySubject.get(operation.subjectUid) ?? [])]);
        }
        rows.set(operation.id, copyJson(operation));
      }
    },
    of: (subjectUid) => (bySubject.get(subjectUid) ?? []).slice(0, OPERATIONS_LISTED).map((id) => copyJson(rows.get(id)!)),
  };
}
