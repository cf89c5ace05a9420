import { expect, test } from 'vitest';
import { areasOf, screenFreshness } from './live-state.ts';

test.each([
  [{ connected: true, lastAt: null }, 'starting'],
  [{ connected: true, lastAt: 99_600 }, 'live'],
  [{ connected: true, lastAt: 90_000 }, 'live'],
  [{ connected: false, lastAt: 94_000 }, 'reconnecting'],
  [{ connected: true, lastAt: 89_000 }, 'reconnecting'],
  [{ connected: true, lastAt: 49_000 }, 'down'],
])('%j is %s', (state, kind) => expect(screenFreshness({ ...state, skewMs: 0 }, 100_000).kind).toBe(kind));

test('a hint makes old what shows its kind, and nothing else', () => {
  const areas = areasOf({ objects: [{ kind: 'Machine' }], observations: [{ subject: 'metal3.io/BareMetalHost/metal3/a' }] });
  expect([...areas].sort()).toEqual(['clusters', 'fleet', 'hosts', 'objects', 'racks']);
  expect([...areasOf({ objects: [{ kind: 'Secret' }], observations: [] })]).toEqual(['objects']);
});
