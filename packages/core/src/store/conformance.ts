/** One suite for every store: what a store must do, whatever it is made of. Run by memory/store.test.ts and postgres/store.test.ts. */
import { describe } from 'vitest';
import { garbageSuite } from './conformance/garbage.ts';
import { guardSuite } from './conformance/guards.ts';
import { listSuite } from './conformance/lists.ts';
import { queueSuite } from './conformance/queue.ts';
import { recordSuite } from './conformance/records.ts';
import type { OpenStore } from './conformance/support.ts';
import { watchSuite } from './conformance/watches.ts';
import { writeSuite } from './conformance/writes.ts';

/** Declares the whole suite for one implementation. Each test opens a store of its own. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`store conformance: ${name}`, () => {
    writeSuite(open);
    guardSuite(open);
    listSuite(open);
    watchSuite(open);
    queueSuite(open);
    garbageSuite(open);
    recordSuite(open);
  });
}
