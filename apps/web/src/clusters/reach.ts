/** Whether a cluster's nodes can be seen, and how old that is. Pure. */
import { BEATS, freshness } from '../lib/freshness.ts';
import { clock, span } from '../lib/time.ts';
import type { ClusterRow } from '../lib/trpc.tsx';
import type { MarkName } from '../ui/marks.ts';

/** Mark and words; no mark where all is as usual. */
export function reachText(reach: ClusterRow['reach'], now: number): { mark: MarkName | null; text: string } {
  if (!reach) return { mark: null, text: 'not yet' };
  if (!reach.reachable) return { mark: 'unknown', text: `not reached since ${clock(reach.since, now)}` };
  const state = freshness(reach.seenAt, BEATS.nodes, now);
  const ago = reach.seenAt ? `${span(now - Date.parse(reach.seenAt))} ago` : '';
  if (state === 'unknown') return { mark: 'unknown', text: 'unknown' };
  return { mark: state === 'stale' ? 'stale' : null, text: ago };
}
