import { expect, test } from 'vitest';
import type { Bmc } from '../drivers/bmc/bmc.ts';
import { BmcAuthFailed, BmcUnreachable } from '../drivers/bmc/errors.ts';
import { nextPower } from '../operations/see-power.ts';
import { testHost } from '../operations/test-host.ts';
import { LIMITS } from '../runtime/limits.ts';
import { refKey } from '../store/object.ts';
import type { Change } from '../store/store.ts';
import { createPowerCollector, powerWakes } from './power.ts';

async function poller(read: () => Promise<boolean | null>, ...host: Parameters<typeof testHost>) {
  const made = await testHost(...host);
  let polls = 0;
  const get = async () => {
    polls++;
    return read();
  };
  const openBmc = async () => ({ power: { get, set: async () => undefined }, close: async () => undefined }) as unknown as Bmc;
  const collector = createPowerCollector({
    store: made.store,
    openBmc,
    bmcRequestSeconds: 30,
    limits: { ...LIMITS, powerPollSeconds: 60 },
  });
  const run = () => collector.run({ reconciler: collector.name, gen: 1, failures: 0, ...made.key });
  return { ...made, run, polls: () => polls };
}

test('a poll writes what it saw, wakes the host when that is new, and comes again', async () => {
  const { run, seen, woken, polls } = await poller(async () => true);
  const { againSeconds } = await run();
  expect(againSeconds).toBeGreaterThanOrEqual(54);
  expect(againSeconds).toBeLessThanOrEqual(66);
  expect(await seen('power')).toMatchObject({ on: true });
  expect(await woken()).toEqual(['baremetalhosts/host-1']);
  await run();
  expect(polls()).toBe(1);
});

test.each([
  [new BmcUnreachable('no answer'), 'Unreachable', 66],
  [new BmcAuthFailed('401'), 'AuthFailed', 330],
])('%s: unknown, and looked at again', async (error, code, most) => {
  const { run, seen, woken } = await poller(async () => {
    throw error;
  });
  const { againSeconds } = await run();
  expect(againSeconds).toBeLessThanOrEqual(most);
  expect(againSeconds).toBeGreaterThan(most * 0.8);
  expect(await seen('power')).toMatchObject({ on: null, error: { code }, errorSince: expect.any(String) });
  expect(await woken()).toEqual(['baremetalhosts/host-1']);
});

test.each([[['dark', 'well']], [['well', 'dark']]] as const)(
  'BMCs that were dark the last time and those still taken for well do not keep each other waiting: %s',
  async (order) => {
    let answer: (on: boolean) => void = () => undefined;
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const { run, polls, store, key } = await poller(() => answered);
    const subject = refKey({ group: 'metal3.io', kind: 'BareMetalHost', ...key });
    const groups = {
      dark: { data: { on: null, error: { code: 'Unreachable', message: 'no answer' } }, polled: 12 },
      well: { data: { on: true }, polled: 24 },
    };
    const running: Promise<{ againSeconds?: number }>[] = [];
    let polled = 0;
    for (const name of order) {
      await store.observe([{ subject, source: 'power', data: groups[name].data, seenAt: '2026-01-01T00:00:00Z' }], []);
      running.push(...Array.from({ length: 30 }, run));
      polled += groups[name].polled;
      await expect.poll(polls).toBe(polled);
    }
    answer(true);
    const again = (await Promise.all(running)).map(({ againSeconds = 0 }) => againSeconds);
    // Those that found no room come again soon, the dark ones less so.
    expect(again.filter((seconds) => seconds < 3)).toHaveLength(6);
    expect(again.filter((seconds) => seconds >= 5 && seconds <= 10)).toHaveLength(18);
  },
);

test.each([
  ['never registered', { goodCredentials: undefined }],
  [
    'moved to another address',
    { goodCredentials: { credentials: { name: 's' }, credentialsVersion: '1', address: 'redfish://192.168.1.99' } },
  ],
  [
    'given another Secret',
    {
      goodCredentials: {
        credentials: { name: 's' },
        credentialsVersion: '0',
        address: 'redfish-virtualmedia://192.168.1.10/redfish/v1/Systems/1',
      },
    },
  ],
])('a host that was %s is not polled', async (_name, status) => {
  const { run, polls } = await poller(async () => true, {}, status);
  expect([await run(), polls()]).toEqual([{}, 0]);
});

test('what was seen of a host that is gone is forgotten', async () => {
  const { run, store, host, seen } = await poller(async () => true);
  await run();
  await store.commit({ writes: [{ op: 'delete', was: host }] });
  expect(await run()).toEqual({});
  expect(await seen('power')).toBeUndefined();
});

test('hosts are polled from their registration on', async () => {
  const { host } = await testHost();
  const wakes = (change: Partial<Change>) => powerWakes({ before: null, after: null, ...change }).length;
  const fresh = { ...host, status: {} };
  expect(wakes({ after: host })).toBe(1);
  expect(wakes({ after: fresh })).toBe(0);
  expect(wakes({ before: fresh, after: host })).toBe(1);
  expect(wakes({ before: host, after: { ...host, spec: { ...host.spec, online: true } } })).toBe(0);
  expect(wakes({ before: host })).toBe(1);
  expect(wakes({ after: { ...host, kind: 'Secret', apiVersion: 'v1' } })).toBe(0);
});

test('since when', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const first = nextPower(undefined, { on: true }, at(0));
  expect(first).toMatchObject({ material: true, seen: { changedAt: '2026-01-01T00:00:00Z' } });
  const same = nextPower(first.seen, { on: true }, at(1));
  expect(same).toMatchObject({ material: false, seen: { readAt: '2026-01-01T00:01:00Z', changedAt: '2026-01-01T00:00:00Z' } });
  const lost = nextPower(same.seen, { error: { code: 'Unreachable', message: 'x' } }, at(2));
  expect(lost).toMatchObject({
    material: true,
    seen: { on: null, readAt: '2026-01-01T00:01:00Z', errorSince: '2026-01-01T00:02:00Z' },
  });
  expect(nextPower(lost.seen, { error: { code: 'Unreachable', message: 'y' } }, at(3))).toMatchObject({
    material: false,
    seen: { errorSince: '2026-01-01T00:02:00Z' },
  });
  expect(nextPower(lost.seen, { on: true }, at(4))).toMatchObject({
    material: true,
    seen: { changedAt: '2026-01-01T00:04:00Z' },
  });
});
