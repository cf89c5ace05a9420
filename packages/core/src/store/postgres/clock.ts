/** The database's time without asking it each time: read now and then, and carried on by this process's monotonic clock. */

/** How long a reading is carried on; a monotonic clock drifts by far less than a millisecond in that time. */
const FRESH_MS = 2000;

/** A clock that shows the database's time. `read` asks the database. Rejects as `read` does when a reading is due and fails. */
export function createDatabaseClock(
  read: () => Promise<Date>,
  monotonic: () => number = () => performance.now(),
): () => Promise<Date> {
  let reading: Promise<void> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let time = 0;
  const refresh = async () => {
    const asked = monotonic();
    const answer = (await read()).getTime();
    // Counted from when it was asked, the clock is never behind the database, and ahead by at most the way there.
    readAt = asked;
    time = answer;
  };
  return async () => {
    if (monotonic() - readAt > FRESH_MS) {
      reading ??= refresh().finally(() => {
        reading = undefined;
      });
      await reading;
    }
    return new Date(time + Math.max(0, monotonic() - readAt));
  };
}
