/**
 * Gives memory back after a burst. V8 collects the old generation when it grows, not when a process falls idle, so a worker that has
 * brought up a thousand hosts would keep its peak for hours. One full collection when things have become quiet, none while they are busy.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often to look. */
const LOOK_MS = 15_000;
/** Idle = less than this share of a core since the last look. */
const IDLE_SHARE = 0.15;
/** Heap that has grown by this much since the last collection is worth one. */
const WORTH_BYTES = 24 * 1024 * 1024;

/** Whether to collect now: pure, for its test. */
export function worthCollecting(look: { cpuShare: number; heapBytes: number; heapBytesAfterLast: number }): boolean {
  return look.cpuShare < IDLE_SHARE && look.heapBytes - look.heapBytesAfterLast > WORTH_BYTES;
}

/** Starts looking; does not keep the process alive. */
export function giveMemoryBackWhenIdle(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;
  let usage = process.cpuUsage();
  let heapBytesAfterLast = 0;
  setInterval(() => {
    const spent = process.cpuUsage(usage);
    usage = process.cpuUsage();
    const cpuShare = (spent.user + spent.system) / 1000 / LOOK_MS;
    if (!worthCollecting({ cpuShare, heapBytes: process.memoryUsage().heapTotal, heapBytesAfterLast })) return;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    heapBytesAfterLast = process.memoryUsage().heapTotal;
  }, LOOK_MS).unref();
}
