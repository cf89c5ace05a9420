/** The memory store's wake-up queue: one entry per key, the Kubernetes work-queue rule. */
import { claimLost } from '../prepare.ts';
import { type Bell, createBell } from '../signals.ts';
import type { Claim, Queue } from '../store.ts';

/** A key in the queue. While it is claimed, `runAt` tells when it must run once more: Infinity = need not. */
interface Entry {
  reconciler: string;
  namespace: string;
  name: string;
  runAt: number;
  order: number;
  failures: number;
  /** Number of the claim that holds it; 0 = free. */
  claim: number;
}

/** One key to wake; selections have been resolved. */
export interface KeyWake {
  reconciler: string;
  namespace: string;
  name: string;
  at?: Date;
}

/** The queue as the memory store uses it. */
export interface MemoryQueue extends Omit<Queue, 'wake'> {
  add(wakes: KeyWake[]): void;
  /** Throws `conflict` if the claim is not held. */
  held(claim: Claim): void;
  /** Gives a claim back after success. */
  finish(claim: Claim, again: Date | undefined): void;
  close(): void;
}

/** Makes an empty queue. */
export function createQueue(now: () => Date): MemoryQueue {
  const entries = new Map<string, Entry>();
  const bell: Bell = createBell();
  let counter = 0;
  let claims = 0;
  const idOf = (key: { reconciler: string; namespace: string; name: string }) => `${key.reconciler}/${key.namespace}/${key.name}`;

  const find = (claim: Claim) => {
    const entry = entries.get(idOf(claim));
    return entry?.claim === claim.gen ? entry : undefined;
  };
  const held = (claim: Claim): Entry => {
    const entry = find(claim);
    if (entry) return entry;
    throw claimLost(claim);
  };
  const giveBack = (entry: Entry, again: Date | undefined, failures: number) => {
    entry.claim = 0;
    entry.failures = failures;
    entry.runAt = Math.min(entry.runAt, again?.getTime() ?? Number.POSITIVE_INFINITY);
    entry.order = counter++;
    if (entry.runAt === Number.POSITIVE_INFINITY) entries.delete(idOf(entry));
    else bell.ring();
  };
  const waiting = () => [...entries.values()].filter((entry) => !entry.claim);

  return {
    held,
    finish: (claim, again) => giveBack(held(claim), again, 0),
    close: () => bell.ring(),
    add(wakes) {
      if (!wakes.length) return;
      const at = now().getTime();
      for (const wake of wakes) {
        const due = wake.at?.getTime() ?? at;
        const entry = entries.get(idOf(wake));
        if (entry) {
          if (due < entry.runAt) Object.assign(entry, { runAt: due, order: counter++ });
        } else {
          const { reconciler, namespace, name } = wake;
          entries.set(idOf(wake), {
            reconciler,
            namespace,
            name,
            runAt: due,
            order: counter++,
            failures: 0,
            claim: 0,
          });
        }
      }
      bell.ring();
    },
    async claim(limit, reconcilers) {
      const at = now().getTime();
      const due = waiting().filter((entry) => entry.runAt <= at && (!reconcilers || reconcilers.includes(entry.reconciler)));
      due.sort((a, b) => a.runAt - b.runAt || a.order - b.order);
      return due.slice(0, limit).map((entry) => {
        entry.claim = ++claims;
        entry.runAt = Number.POSITIVE_INFINITY;
        const { reconciler, namespace, name, claim, failures } = entry;
        return { reconciler, namespace, name, gen: claim, failures };
      });
    },
    async release(claim, { again, failed }) {
      // One that is not held any more has nothing to give back.
      const entry = find(claim);
      if (entry) giveBack(entry, again, failed ? claim.failures + 1 : 0);
    },
    // Everything here dies with its process, so no dead worker leaves a key behind.
    reclaim: async () => 0,
    async nextDue() {
      const next = waiting().reduce((least, entry) => Math.min(least, entry.runAt), Number.POSITIVE_INFINITY);
      return next === Number.POSITIVE_INFINITY ? null : new Date(next);
    },
    idle: (ms, signal) => bell.wait(ms, signal),
    async depth() {
      const at = now().getTime();
      const free = waiting();
      return { waiting: free.length, due: free.filter((entry) => entry.runAt <= at).length, claimed: entries.size - free.length };
    },
  };
}
