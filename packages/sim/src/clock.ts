/** The clock of simulated hardware: real seconds divided by a speed. Core's own clock is never touched. */

/** Time as simulated hardware feels it. */
export interface SimClock {
  /** How many times faster than real; Infinity = no artificial delays. */
  readonly speed: number;
  /** Waits that many simulated seconds. Rejects with the signal's reason when aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

/** A clock `speed` times faster than real time; 0 or Infinity = no artificial delays. */
export function makeClock(speed: number): SimClock {
  const factor = speed <= 0 ? Number.POSITIVE_INFINITY : speed;
  return {
    speed: factor,
    sleep: (seconds, signal) => sleepReal((seconds * 1000) / factor, signal),
  };
}

/** Waits real milliseconds; rejects with the signal's reason when aborted. */
export function sleepReal(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** A seeded random number generator (mulberry32 over an FNV hash of the seed): same seed, same numbers. */
export function seededRandom(seed: string): () => number {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
