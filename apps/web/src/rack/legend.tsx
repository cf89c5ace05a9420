/** Marks with words and counts; pressing one dims the others. */
import type { HostRow } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';
import { hostMark, type MarkName } from '../ui/marks.ts';
import { unitView } from './unit-view.ts';

interface LegendProps {
  hosts: readonly HostRow[];
  now: number;
  lit: ReadonlySet<string>;
  onToggle: (word: string) => void;
}

/** The legend, which is the filter. */
export function Legend({ hosts, now, lit, onToggle }: LegendProps) {
  const counts = new Map<string, number>();
  for (const host of hosts) {
    const { word } = unitView(host, now);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  for (const word of lit) if (!counts.has(word)) counts.set(word, 0);
  const words = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return (
    <fieldset className="legend" aria-label="Show only">
      {words.map(([word, n]) => (
        <button key={word} type="button" aria-pressed={lit.has(word)} onClick={() => onToggle(word)}>
          <Mark name={legendMark(word)} />
          {word} <b>{n}</b>
        </button>
      ))}
    </fieldset>
  );
}

function legendMark(word: string): MarkName {
  return word === 'unknown' || word === 'stale' ? word : hostMark(word, word === 'error');
}
