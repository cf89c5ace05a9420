/** Looks at something all the time in the background while a test does something else, and keeps every look. */

/** A running watcher. */
export interface Watcher<T> {
  /** Ends it; all looks in their order. Throws if the looks themselves failed. */
  end: () => Promise<T[]>;
}

/** Starts looking, every `ms` at most. A look may fail now and then (a server that moves), not most of the time. */
export function watchAll<T>(ms: number, look: () => Promise<T>): Watcher<T> {
  const looks: T[] = [];
  let failures = 0;
  let last: unknown;
  let going = true;
  const loop = (async () => {
    while (going) {
      const pause = new Promise((done) => setTimeout(done, ms));
      try {
        looks.push(await look());
      } catch (error) {
        failures++;
        last = error;
      }
      await pause;
    }
  })();
  return {
    async end() {
      going = false;
      await loop;
      if (looks.length < failures || looks.length === 0) throw new Error(`${failures} looks failed, the last with ${last}`);
      return looks;
    },
  };
}
