/** Fresh, stale or unknown: three states, never two (DESIGN-LANGUAGE section 4). Pure. */

/** Milliseconds between two readings of each origin. */
export const BEATS = { power: 60_000, nodes: 10_000, stream: 5000 } as const;

/** Newer than 2 beats; last known, older than 2; never seen, or older than 10. */
export type Freshness = 'fresh' | 'stale' | 'unknown';

/** How far a datum read at `seenAt` can be believed at `now`. */
export function freshness(seenAt: string | undefined, beatMs: number, now: number): Freshness {
  const at = seenAt === undefined ? Number.NaN : Date.parse(seenAt);
  if (Number.isNaN(at)) return 'unknown';
  const beats = (now - at) / beatMs;
  if (beats > 10) return 'unknown';
  return beats > 2 ? 'stale' : 'fresh';
}
