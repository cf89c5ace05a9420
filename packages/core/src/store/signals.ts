/** A bell in one process: waiters are woken when it rings, when their time is up, or when they are aborted. */

/** Wakes everyone who waits. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, after `ms`, or on abort; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** How many wait now. */
  waiting(): number;
}

/** Makes a bell. */
export function createBell(): Bell {
  const waiters = new Set<() => void>();
  return {
    ring() {
      for (const wake of [...waiters]) wake();
    },
    wait(ms, signal) {
      if (signal?.aborted || ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiters.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal?.addEventListener('abort', wake, { once: true });
        waiters.add(wake);
      });
    },
    waiting: () => waiters.size,
  };
}
