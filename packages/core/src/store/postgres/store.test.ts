import { create, widget } from '../conformance/support.ts';
import { storeConformance } from '../conformance.ts';
import { openTestStore, query } from './test-database.ts';

storeConformance('postgres', async (options) => {
  const { store, url, close } = await openTestStore(options);
  return {
    store,
    close,
    async forgetEvents() {
      // Jump over two partitions, so that the first one is full and may be dropped.
      await query(url, `select setval('event_version', 120000)`);
      await create(store, { ...widget('newest'), kind: 'Filler' });
      await query(url, `select slipway_partitions('0 seconds', 1)`);
    },
  };
});
