'use client';
/** The page head's freshness: always on screen, never a toast. */
import { useEffect, useState } from 'react';
import { useLive } from '../lib/live.tsx';
import { screenFreshness } from '../lib/live-state.ts';
import { clock } from '../lib/time.ts';
import { Mark } from '../ui/mark.tsx';

/** `Live · 0.4 s`, `Reconnecting · data of 14:31:08`, `Not connected since 14:31:08`. */
export function FreshnessMark() {
  const live = useLive();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const fresh = screenFreshness(live, Math.max(now, live.lastAt ?? 0));
  const at = (ms: number) => clock(new Date(ms).toISOString(), now);
  switch (fresh.kind) {
    case 'starting':
      return (
        <span className="fresh">
          <Mark name="Pending" size={10} />
          Connecting
        </span>
      );
    case 'live':
      return (
        <span className="fresh" title="The stream is connected; a word comes at least every 5 s">
          <Mark name="well" size={10} />
          <span>
            Live<span className="max-mid:hidden"> · {(fresh.ageMs / 1000).toFixed(1)} s</span>
          </span>
        </span>
      );
    case 'reconnecting':
      return (
        <span className="fresh late" role="status">
          <Mark name="stale" size={10} />
          Reconnecting · data of {at(fresh.dataOf)}
        </span>
      );
    case 'down':
      return (
        <span className="fresh down" role="status">
          <Mark name="unknown" size={10} />
          Not connected since {at(fresh.since)}
          <button type="button" className="link font-medium min-h-6" onClick={() => location.reload()}>
            Retry
          </button>
        </span>
      );
    default:
      return fresh satisfies never;
  }
}
