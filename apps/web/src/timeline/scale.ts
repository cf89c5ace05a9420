/** The time axis: its window, its ticks, and where a moment falls on it. Pure. */

/** From and to, milliseconds. */
export interface Window {
  from: number;
  to: number;
}

const STEPS = [
  10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000, 604_800_000,
];

/** The window of these moments: from the first to the last, with a little air, at least a minute long. */
export function windowOf(moments: readonly number[]): Window {
  const from = Math.min(...moments);
  const to = Math.max(...moments, from + 60_000);
  return { from, to: to + (to - from) * 0.04 };
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
