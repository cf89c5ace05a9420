/** Waiting for conditions. */

/** The first value that is not undefined; looks four times a second, for at most that many seconds. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | Promise<Value | undefined>,
  seconds = 45,
): Promise<Value> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const value = await look();
    if (value !== undefined) return value;
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`);
}
