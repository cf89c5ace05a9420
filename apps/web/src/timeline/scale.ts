/** The time axis: its window, its ticks, and where a moment falls on it. Pure. */
import { hourMinute } from '../lib/time.ts';

/** From and to, milliseconds. */
export interface Window {
  from: number;
  to: number;
}

const STEPS = [
  10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000, 604_800_000,
];

/** Longer ago is history: an old cluster's first machines must not squeeze today's into a hair. */
const MOST_MS = 6 * 3_600_000;

/**
 * The window of these moments: from the first to the last, at least 5 s and at most 6 h, with a little air. `open` is when the oldest of what
 * still goes on began: then it fills a fifth of the window or more.
 */
export function windowOf(moments: readonly number[], open?: number): Window {
  const last = Math.max(...moments);
  const near = open === undefined ? last - MOST_MS : Math.min(open - 4 * (last - open), last - 30_000);
  const from = Math.max(Math.min(...moments), last - MOST_MS, near);
  const to = Math.max(last, from + 5000);
  return { from, to: to + (to - from) * 0.04 };
}

/** A tick's words: minutes, and seconds where the window is short. */
export function tickText({ from, to }: Window, tick: number): string {
  const seconds = String(new Date(tick).getSeconds()).padStart(2, '0');
  return to - from < 180_000 ? `${hourMinute(tick)}:${seconds}` : hourMinute(tick);
}

/** Round moments within the window, at most `most`. */
export function ticks({ from, to }: Window, most: number): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? STEPS.at(-1) ?? 1;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step).slice(
    0,
    most + 1,
  );
}

/** Where a moment falls, 0 to 100. */
export function percent({ from, to }: Window, at: number): number {
  return Math.min(100, Math.max(0, (100 * (at - from)) / (to - from)));
}
