/** The hosts table's URL, read: whatever stands there, the query is one the API takes. */

const SORTS = ['name', 'state', 'consumer', 'place', 'age'] as const;

/** What the API is asked. */
export interface HostQuery {
  site?: string;
  states?: string[];
  labels: string;
  text?: string;
  sort: (typeof SORTS)[number];
  descending: boolean;
  page: number;
}

/** Reads the query part of the URL. */
export function readHostQuery(url: Record<string, string>): HostQuery {
  const descending = url.sort?.startsWith('-') ?? false;
  const sort = SORTS.find((one) => one === url.sort?.replace(/^-/, '')) ?? 'name';
  const page = Number(url.page);
  const states = url.state?.split(',').filter(Boolean).slice(0, 20);
  return {
    ...(url.site ? { site: url.site } : {}),
    ...(states?.length ? { states } : {}),
    ...(url.text ? { text: url.text.slice(0, 256) } : {}),
    labels: url.labels ?? '',
    sort,
    descending,
    page: Number.isInteger(page) && page > 0 ? Math.min(page, 10_000) : 1,
  };
}

/** The states of the URL with one of them switched. */
export function toggleState(states: string | undefined, word: string): string {
  const now = new Set(states?.split(',').filter(Boolean));
  if (!now.delete(word)) now.add(word);
  return [...now].join(',');
}
