import { expect, it } from 'vitest';
import { worthCollecting } from './idle-memory.ts';

const MIB = 1024 * 1024;

it.each([
  ['idle after a burst', 0.02, 300, 80, true],
  ['busy', 0.6, 300, 80, false],
  ['idle, nothing new', 0.02, 90, 80, false],
])('%s', (_name, cpuShare, heap, last, wanted) => {
  expect(worthCollecting({ cpuShare, heapBytes: heap * MIB, heapBytesAfterLast: last * MIB })).toBe(wanted);
});
