/** What changed between two readings of the fleet, in one sentence for a screen reader. Pure. */

/** The part of the overview that is compared. */
export interface Spoken {
  total: { states: { word: string; count: number }[] };
  attention: { tone: string; name: string }[];
}

/** `2 more hosts provisioned; needs a person: server-rack2-u17`. Empty where nothing is to be said. */
export function summarize(before: Spoken | undefined, after: Spoken | undefined): string {
  if (!before || !after) return '';
  const was = new Map(before.total.states.map(({ word, count }) => [word, count]));
  const more = after.total.states.flatMap(({ word, count }) => {
    const by = count - (was.get(word) ?? 0);
    return by > 0 ? [`${by} more ${by === 1 ? 'host' : 'hosts'} ${word}`] : [];
  });
  const known = new Set(before.attention.map(({ name }) => name));
  const fresh = after.attention.map(({ name }) => name).filter((name) => !known.has(name));
  const need =
    fresh.length > 0
      ? [`needs a person: ${fresh.slice(0, 3).join(', ')}${fresh.length > 3 ? ` and ${fresh.length - 3} more` : ''}`]
      : [];
  return [...more, ...need].join('; ');
}
