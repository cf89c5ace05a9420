/** How much of what was read can still be believed. Pure. */
import { BEATS, type Freshness, freshness } from '../lib/freshness.ts';

/** Readings by their time; null = never read. */
export type Readings = readonly { at: string | null; count: number }[];

/** How many are fresh, stale and unknown at this moment. */
export function knownOf(readings: Readings, now: number): Record<Freshness, number> {
  const known = { fresh: 0, stale: 0, unknown: 0 };
  for (const { at, count } of readings) known[freshness(at ?? undefined, BEATS.power, now)] += count;
  return known;
}
