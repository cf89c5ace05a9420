/** The hosts table: filtered, sorted and paged here, so that a browser never holds a whole fleet. Pure but for its last step. */
import type { Requirement } from '@slipway/core/store/selector.ts';
import { matches } from '@slipway/core/store/selector.ts';
import { type FleetRead, tally } from './fleet-read.ts';
import { type HostRow, stateWord } from './hosts.ts';

/** Rows of a page. */
export const PAGE_ROWS = 100;

/** What the URL says. */
export interface HostQuery {
  site?: string;
  states?: readonly string[];
  labels?: Requirement[];
  /** Part of a name, address, MAC, consumer, rack or label. */
  text?: string;
  sort: HostSort;
  descending: boolean;
  page: number;
}

/** Columns that can be sorted by. */
export const HOST_SORTS = ['name', 'state', 'consumer', 'place', 'age'] as const;
/** A column that can be sorted by. */
export type HostSort = (typeof HOST_SORTS)[number];

/** One page, and what it leaves out. */
export interface HostPage {
  now: string;
  /** All hosts of the scope (site), before the other filters. */
  total: number;
  matching: number;
  page: number;
  pages: number;
  rows: HostRow[];
  /** Of the scope, by {@link stateWord}. */
  states: { word: string; count: number }[];
  /** Hosts of the scope that each filter alone takes away. */
  hidden: { by: 'state' | 'labels' | 'text'; count: number }[];
}

/** Cuts the page out of the fleet. */
export function hostPage(fleet: FleetRead, query: HostQuery): HostPage {
  const scope = query.site ? fleet.hosts.filter((host) => host.site === query.site) : fleet.hosts;
  const tests: { by: HostPage['hidden'][number]['by']; keep: (host: HostRow) => boolean }[] = [];
  const { states, labels } = query;
  if (states?.length) tests.push({ by: 'state', keep: (host) => states.includes(stateWord(host)) });
  if (labels?.length) tests.push({ by: 'labels', keep: (host) => matches(labels, host.labels) });
  const words = query.text?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  if (words.length > 0) tests.push({ by: 'text', keep: (host) => containsAll(host, words) });
  const kept = scope.filter((host) => tests.every(({ keep }) => keep(host)));
  const pages = Math.max(1, Math.ceil(kept.length / PAGE_ROWS));
  const page = Math.min(Math.max(1, query.page), pages);
  const sorted = kept.sort(order(query.sort, query.descending));
  return {
    now: fleet.now,
    total: scope.length,
    matching: kept.length,
    page,
    pages,
    rows: sorted.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS),
    states: tally(scope.map(stateWord)),
    hidden: tests
      .map(({ by, keep }) => ({ by, count: scope.filter((host) => !keep(host)).length }))
      .filter(({ count }) => count > 0),
  };
}

function containsAll(host: HostRow, words: readonly string[]): boolean {
  const labels = Object.entries(host.labels).map(([key, value]) => `${key}=${value}`);
  const text = [host.name, host.namespace, host.bmc, host.consumer?.name, host.site, host.rack, ...labels]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

const KEYS: Record<HostSort, (host: HostRow) => string> = {
  name: (host) => host.name,
  state: (host) => stateWord(host),
  consumer: (host) => host.consumer?.name ?? '~',
  place: (host) => `${host.site ?? '~'} ${host.rack ?? '~'} ${String(100 - (host.unit ?? 0)).padStart(3, '0')}`,
  age: (host) => host.createdAt,
};

const natural = new Intl.Collator('en', { numeric: true });

function order(sort: HostSort, descending: boolean): (a: HostRow, b: HostRow) => number {
  const key = KEYS[sort];
  const sign = descending ? -1 : 1;
  // Names keep the order whole: rows that are equal must not swap places between two readings.
  return (a, b) =>
    sign * natural.compare(key(a), key(b)) || natural.compare(a.name, b.name) || natural.compare(a.namespace, b.namespace);
}
