import type { Store } from '@slipway/core/store/store.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledStore } from '../testing.ts';
import { clusterDetail, clusterList } from './clusters.ts';
import { fleetSummary } from './fleet.ts';
import { type FleetRead, readFleet } from './fleet-read.ts';
import { hostDetail } from './host-detail.ts';
import { hostPage, PAGE_ROWS } from './host-list.ts';
import { powerView } from './hosts.ts';
import { siteRacks } from './racks.ts';

let store: Store;
let fleet: FleetRead;
beforeAll(async () => {
  store = await filledStore();
  fleet = await readFleet(store);
});
afterAll(() => store.close());

describe('hosts', () => {
  const page = (query: Partial<Parameters<typeof hostPage>[1]>) =>
    hostPage(fleet, { sort: 'name', descending: false, page: 1, ...query });

  test('an error is counted as one, whatever the state', () => {
    const { rows, hidden } = page({ states: ['error'] });
    expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual(['server-rack2-u17 inspecting']);
    expect(hidden).toEqual([{ by: 'state', count: fleet.hosts.length - 1 }]);
  });

  test('site, label and text narrow; what each hides is said', () => {
    const labels = [{ key: 'role', op: 'in' as const, values: ['control-plane'] }];
    const { rows, total, hidden } = page({ site: 'fra1', labels, text: 'STAGING rack1' });
    expect(rows.map(({ name }) => name)).toEqual(['server-rack1-u11']);
    expect(hidden.map(({ by }) => by)).toEqual(['labels', 'text']);
    expect(total).toBe(fleet.hosts.filter(({ site }) => site === 'fra1').length);
  });

  test('names are ordered as people count, and a page beyond the last is the last', () => {
    const names = page({ site: 'fra1', text: 'rack1' }).rows.map(({ name }) => name);
    expect(names.indexOf('server-rack1-u19')).toBeLessThan(names.indexOf('server-rack1-u31'));
    expect(page({ page: 99 }).page).toBe(Math.ceil(fleet.hosts.length / PAGE_ROWS));
  });

  test('power is as old as the last reading that worked', () => {
    const seen = (data: object) =>
      powerView({ subject: 's', source: 'power', data: data as never, seenAt: '2026-11-22T14:00:00Z' });
    expect(seen({ on: true })).toEqual({ on: true, readAt: '2026-11-22T14:00:00Z' });
    expect(seen({ on: true, readAt: '2026-11-22T13:50:00Z', error: { code: 'Unreachable', message: 'no answer' } })).toEqual({
      on: true,
      readAt: '2026-11-22T13:50:00Z',
      error: 'no answer',
    });
    expect(powerView(undefined)).toEqual({ on: null });
  });

  test('one host: hardware, place, life', async () => {
    const detail = await hostDetail(store, 'metal3', 'server-rack1-u10');
    expect(detail.place).toEqual({ site: 'fra1', hall: 'hall-a', row: '1', rack: 'rack1', unit: 10 });
    expect(detail.hardware?.storage).toHaveLength(3);
    expect(detail.life.map(({ step }) => step)).toEqual(['registering', 'inspecting', 'provisioning']);
    expect(detail.operations.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['agent.writeImage succeeded']);
    await expect(hostDetail(store, 'metal3', 'nobody')).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('places', () => {
  test('a site shows its racks in order, with their hosts from the top', () => {
    const { racks, unplaced } = siteRacks(fleet, 'fra1');
    expect(racks.map(({ name }) => name)).toEqual(['rack1', 'rack2', 'rack3', 'rack4']);
    expect(racks[0]?.hosts.map(({ unit }) => unit)).toEqual([32, 31, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10]);
    expect(unplaced).toEqual([]);
    expect(() => siteRacks(fleet, 'mars')).toThrow('no Site mars');
  });
});

describe('clusters', () => {
  test('machines stand under what owns them, each with why it waits', async () => {
    const { groups, row } = await clusterDetail(store, 'clusters', 'production');
    expect(groups.map(({ kind, name, ready, desired }) => `${kind} ${name} ${ready}/${desired}`)).toEqual([
      'KubeadmControlPlane production-cp 3/3',
      'MachineDeployment production-workers 3/5',
    ]);
    const machines = new Map(groups[1]?.machines.map((machine) => [machine.name.slice(-5), machine]));
    expect(machines.get('p6d2s')).toMatchObject({ phase: 'Pending', host: null, because: { tone: 'caution' } });
    expect(machines.get('jw8ht')?.stretches.map(({ phase }) => phase)).toEqual(['wait', 'agent', 'image']);
    expect(machines.get('jw8ht')?.because?.sentence).toContain('1 Gb/s');
    expect(row).toMatchObject({ available: false, workers: { ready: 3, desired: 5 }, version: 'v1.32.0' });
  });
});

describe('the overview', () => {
  test('says what needs a person, act now before act soon', async () => {
    const { rows } = await clusterList(store);
    const summary = fleetSummary(fleet, rows);
    expect(summary.attention.map(({ tone, name }) => `${tone} ${name}`)).toEqual([
      'fault server-rack2-u17',
      'caution server-rack2-u18',
      'caution production-workers-7d9fk-p6d2s',
      'caution server-rack4-u24',
    ]);
    expect(summary.total.hosts).toBe(summary.total.states.reduce((sum, { count }) => sum + count, 0));
    expect(fleetSummary(fleet, rows, 'ams1').total.hosts).toBe(12);
  });
});
