/**
 * Reads of one kind in batches: what is asked while a batch is under way goes with the next. A busy worker's many small reads become a
 * few statements; a single read waits for nobody.
 */

/** Keys of one statement. */
const MOST = 100;

interface Asked<Key, Value> {
  key: Key;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

/** Makes a loader. `load` answers with one value per key, in order; if it rejects, all who asked in that batch are rejected. */
export function createLoader<Key, Value>(load: (keys: Key[]) => Promise<Value[]>): (key: Key) => Promise<Value> {
  const waiting: Asked<Key, Value>[] = [];
  let working = false;

  const work = async () => {
    working = true;
    // What is asked in the same turn of the event loop goes along.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST);
      try {
        const values = await load(batch.map(({ key }) => key));
        for (const [i, one] of batch.entries()) one.resolve(values[i] as Value);
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    working = false;
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!working) void work();
    });
}
