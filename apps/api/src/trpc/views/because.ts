/** The planner's own sentence for an object, as the console shows it. */
import type { Because } from '@slipway/core/runtime/define-reconciler.ts';
import { refKey, refOf } from '@slipway/core/store/object.ts';
import type { Observation } from '@slipway/core/store/store.ts';

/** Sentences by {@link subjectOf}. */
export type Sentences = ReadonlyMap<string, Observation>;

/** The observation subject of an object. */
export function subjectOf(object: Parameters<typeof refOf>[0]): string {
  return refKey(refOf(object));
}

/** The sentence of an object; null = all is as wanted. */
export function becauseOf(object: Parameters<typeof refOf>[0], sentences: Sentences): Because | null {
  return toBecause(sentences.get(subjectOf(object)));
}

/** Reads an observation of source `because`. Anything else in its place says nothing. */
export function toBecause(observation: Observation | undefined): Because | null {
  const data = observation?.data as unknown as Because | null | undefined;
  return data && typeof data === 'object' && typeof data.sentence === 'string' ? data : null;
}

/** How urgent a sentence is: fault first. */
export const URGENCY: Record<Because['tone'], number> = { fault: 0, caution: 1, waits: 2 };
