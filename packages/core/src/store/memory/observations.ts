/** The memory store's observations: the last word of each collector on each subject, and a bounded stream. */
import { copyJson } from '../json.ts';
import { createBell } from '../signals.ts';
import type { Observation } from '../store.ts';

/** A follower more than this many behind skips to what is kept. */
const STREAM_KEPT = 2_000;

/** Observations in memory. */
export interface Observations {
  put(observations: Observation[]): void;
  of(subject: string): Observation[];
  bySource(source: string, limit: number): Observation[];
  forget(subject: string): void;
  follow(signal: AbortSignal): AsyncIterable<Observation>;
  close(): void;
}

/** Makes an empty collection. */
export function createObservations(): Observations {
  const bySubject = new Map<string, Map<string, Observation>>();
  let stream: Observation[] = [];
  let dropped = 0;
  let ended = false;
  const bell = createBell();

  async function* follow(start: number, signal: AbortSignal): AsyncIterable<Observation> {
    let next = start;
    while (!signal.aborted && !ended) {
      next = Math.max(next, dropped);
      const observation = stream[next - dropped];
      if (observation) {
        next++;
        yield copyJson(observation);
      } else await bell.wait(5_000, signal);
    }
  }

  return {
    put(observations) {
      for (const observation of observations.map(copyJson)) {
        const { subject, source } = observation;
        if (!bySubject.has(subject)) bySubject.set(subject, new Map());
        bySubject.get(subject)!.set(source, observation);
        stream.push(observation);
      }
      if (stream.length > STREAM_KEPT * 2) {
        dropped += stream.length - STREAM_KEPT;
        stream = stream.slice(-STREAM_KEPT);
      }
      bell.ring();
    },
    of: (subject) => [...(bySubject.get(subject)?.values() ?? [])].map(copyJson).sort((a, b) => (a.source < b.source ? -1 : 1)),
    bySource(source, limit) {
      const found = [...bySubject.values()].flatMap((sources) => sources.get(source) ?? []);
      return found
        .sort((a, b) => (a.subject < b.subject ? -1 : 1))
        .slice(0, limit)
        .map(copyJson);
    },
    forget: (subject) => void bySubject.delete(subject),
    // From the call on, not from the first read: nothing written in between is lost.
    follow: (signal) => follow(dropped + stream.length, signal),
    close() {
      ended = true;
      bell.ring();
    },
  };
}
