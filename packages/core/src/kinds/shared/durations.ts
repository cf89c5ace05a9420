/** Go durations (`10m0s`) and seconds. */

const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Largest int32: what v1beta2's `…Seconds` fields can hold. */
const MOST = 2147483647;

/** Whole seconds of a Go duration, cut off and capped at int32 as upstream's conversion does. undefined = no duration. */
export function secondsOf(duration: string): number | undefined {
  if (duration === '0') return 0;
  if (!/^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$/.test(duration)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of duration.matchAll(/([0-9]+(?:\.[0-9]*)?)(ns|us|µs|ms|s|m|h)/g)) {
    seconds += Number(number) * (UNITS[unit!] ?? 0);
  }
  // A hair's breadth up: 0.3 s + 0.7 s must not become 0 s by floating point.
  return Math.min(MOST, Math.floor(seconds + 1e-9));
}

/** Seconds as Go prints them: 600 → `10m0s`, 3600 → `1h0m0s`, 0 → `0s`. */
export function durationOf(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}
