/** Waiting for our own processes, with a limit. */

/** Resolves when the URL answers with success; rejects after `ms` with the last cause. */
export async function untilAnswers(url: string, ms: number): Promise<void> {
  const end = Date.now() + ms;
  let last = 'nothing yet';
  while (Date.now() < end) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (answer.ok) return;
      last = `status ${answer.status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within ${ms / 1000} s (last: ${last}); see the logs in the state folder`);
}
