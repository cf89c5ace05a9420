/** Cells that several tables share. */
import Link from 'next/link';
import { BEATS, freshness } from '../lib/freshness.ts';
import { plain } from '../lib/text.ts';
import { span } from '../lib/time.ts';
import { Mark } from '../ui/mark.tsx';
import type { MarkName } from '../ui/marks.ts';

/** Mark and name, the name a link. `paused` is shown before health: it explains why nothing happens. */
export function NameCell({ mark, name, href, paused = false }: { mark: MarkName; name: string; href: string; paused?: boolean }) {
  return (
    <Link
      href={href}
      className="inline-flex items-center gap-[7px] max-w-[36ch] min-h-6 hover:underline underline-offset-2"
      title={plain(name)}
    >
      {paused && <Mark name="paused" label="paused" />}
      <Mark name={mark} />
      <span className="name">{plain(name)}</span>
    </Link>
  );
}

/** What a host's power is, as far as it can be known. */
export interface PowerFact {
  on: boolean | null;
  readAt?: string;
}

/** Fresh: on or off. Stale: the last value with its age. Unknown: stripes and the word; the last value only in the title. */
export function PowerCell({ power, managed, now }: { power: PowerFact; managed: boolean; now: number }) {
  if (!managed) return <span className="text-ink-3">–</span>;
  const state = freshness(power.readAt, BEATS.power, now);
  if (state === 'unknown' || power.on === null) {
    const last = power.on === null || !power.readAt ? 'never read' : `last read ${power.on ? 'on' : 'off'} at ${power.readAt}`;
    return (
      <span className="inline-flex items-center gap-[6px]" title={last}>
        <Mark name="unknown" />
        unknown
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-[6px]">
      <Mark name={power.on ? 'on' : 'off'} />
      {power.on ? 'on' : 'off'}
      {state === 'stale' && power.readAt && (
        <span className="inline-flex items-center gap-1 text-ink-2 text-xs">
          <Mark name="stale" label="stale" />
          {span(now - Date.parse(power.readAt))} ago
        </span>
      )}
    </span>
  );
}

/** `3/5`, and `–` where it is not reckoned yet. */
export function Ratio({ part, whole }: { part: number | undefined; whole: number | undefined }) {
  if (whole === undefined) return <span className="text-ink-3">–</span>;
  return (
    <>
      {part ?? 0}/{whole}
    </>
  );
}

/** A condition's status word with its mark. Some conditions are bad when True (v1beta2 polarity). */
export function conditionMark(type: string, status: string): MarkName {
  if (status === 'Unknown') return 'unknown';
  return (BAD_WHEN_TRUE.has(type) ? status === 'True' : status === 'False' && !NEUTRAL.has(type)) ? 'degraded' : 'well';
}

const BAD_WHEN_TRUE = new Set(['Deleting', 'Remediating', 'RollingOut', 'ScalingUp', 'ScalingDown', 'Paused']);
/** Conditions whose False says nothing bad. */
const NEUTRAL = new Set(['OwnerRemediated', 'HealthCheckSucceeded', 'UpToDate']);
