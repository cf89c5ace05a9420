import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseHost, chooseInTurn, type HostFacts, type HostWish, type Sibling, turnDown } from './choose-host.ts';

const host = (name: string, more: Partial<HostFacts> = {}): HostFacts => ({
  namespace: 'metal3',
  name,
  labels: { role: 'worker' },
  annotations: {},
  deleting: false,
  state: 'available',
  error: '',
  site: 'one',
  failureDomain: 'r1',
  allowed: true,
  ...more,
});
const wish: HostWish = {
  machine: 'clusters/m',
  namespace: 'clusters',
  site: 'one',
  selector: { matchLabels: { role: 'worker' } },
  controlPlane: false,
};

test.each<[string, Partial<HostFacts>, string | null]>([
  ['a free host', {}, null],
  ['the old name of available', { state: 'ready' }, null],
  ['other labels', { labels: { role: 'spare' } }, 'labels do not match the host selector'],
  ['no policy', { allowed: false }, 'HostDeployPolicy does not let namespace clusters claim it'],
  ['another site', { site: 'two' }, 'belongs to site two'],
  ['no site', { site: undefined }, 'belongs to no site'],
  ['another consumer', { consumer: 'clusters/other' }, 'in use'],
  ['deleting', { deleting: true }, 'being deleted'],
  ['paused', { annotations: { 'baremetalhost.metal3.io/paused': '' } }, 'paused'],
  ['detached', { annotations: { 'baremetalhost.metal3.io/detached': '' } }, 'detached'],
  ['unhealthy', { annotations: { 'capm3.metal3.io/unhealthy': '' } }, 'marked unhealthy'],
  ['unhealthy by the old name', { annotations: { 'capi.metal3.io/unhealthy': '' } }, 'marked unhealthy'],
  ['an error', { error: 'BMC says no' }, 'in error'],
  ['a BMC that is out of sight', { outOfSight: true }, 'BMC does not answer'],
  ['inspecting', { state: 'inspecting' }, 'state is inspecting'],
  ['unregistered', { state: '' }, 'state is unknown'],
  ['no disk', { largestDisk: 0 }, 'no disk is large enough'],
])('%s', (_name, more, reason) => {
  expect(turnDown(host('a', more), wish)).toBe(reason);
});

test.each([
  ['in', ['worker', 'x'], null],
  ['NotIn', ['worker'], 'labels do not match the host selector'],
  ['exists', [], null],
  ['DoesNotExist', [], 'labels do not match the host selector'],
])('matchExpressions: role %s %j', (operator, values, reason) => {
  expect(turnDown(host('a'), { ...wish, selector: { matchExpressions: [{ key: 'role', operator, values }] } })).toBe(reason);
});

test.each<[string, HostWish, HostFacts[], Sibling[], string]>([
  ['the first by name', wish, [host('b'), host('a')], [], 'a'],
  ['one that was not given back just now', wish, [host('a', { releasedAt: '2026-01-01T00:00:00Z' }), host('b')], [], 'b'],
  ['the host it already holds', wish, [host('a'), host('z', { consumer: 'clusters/m', state: 'provisioning' })], [], 'z'],
  ['the emptiest rack', wish, [host('a'), host('b', { failureDomain: 'r2' })], [{ failureDomain: 'r1', stays: true }], 'b'],
  [
    'the rack with most free hosts',
    wish,
    [host('a'), host('b', { failureDomain: 'r2' }), host('c', { failureDomain: 'r2' })],
    [],
    'b',
  ],
  [
    'a worker in its failure domain',
    { ...wish, failureDomain: 'r2' },
    [host('a'), host('b', { failureDomain: 'r2' })],
    [{ failureDomain: 'r2', stays: true }],
    'b',
  ],
  [
    'a control plane in its planned domain',
    { ...wish, controlPlane: true, failureDomain: 'r2' },
    [host('a'), host('b', { failureDomain: 'r2' })],
    [],
    'b',
  ],
  [
    'skew before the planned domain',
    { ...wish, controlPlane: true, failureDomain: 'r2' },
    [host('a'), host('b', { failureDomain: 'r2' })],
    [{ failureDomain: 'r2', stays: true }],
    'a',
  ],
  [
    'another domain when the planned one has filled up',
    { ...wish, controlPlane: true, failureDomain: 'r3' },
    [host('a')],
    [],
    'a',
  ],
  [
    'leaving siblings only break ties',
    { ...wish, controlPlane: true },
    [host('a'), host('b', { failureDomain: 'r2' })],
    [{ failureDomain: 'r1', stays: false }],
    'b',
  ],
])('chooses %s', (_name, wanted, hosts, siblings, name) => {
  const choice = chooseHost(wanted, hosts, siblings);
  expect('host' in choice && choice.host.name).toBe(name);
});

test('says why each host was turned down, most frequent first, names bounded', () => {
  const spare = ['s1', 's2', 's3', 's4'].map((name) => host(name, { labels: {} }));
  const choice = chooseHost({ ...wish, failureDomain: 'r9' }, [...spare, host('x', { consumer: 'clusters/o' }), host('y')], []);
  expect('none' in choice && choice.none).toBe(
    'No host is suitable: 4 labels do not match the host selector (s1, s2, s3, …); 1 in use (x); 1 not in failure domain r9 (y)',
  );
  expect(chooseHost(wish, [], [])).toEqual({ none: 'No host is suitable: there are no hosts', turnedDown: [] });
});

/** Hosts over a few racks, some unfit. */
const fleet = fc.array(
  fc.record({
    failureDomain: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    state: fc.constantFrom('available', 'available', 'available', 'inspecting', 'provisioned'),
    consumer: fc.option(fc.constant('other/one'), { nil: undefined, freq: 5 }),
  }),
  { maxLength: 30 },
);

test('planners that see the same facts never reach for one host, in whatever order they commit', () => {
  fc.assert(
    fc.property(fleet, fc.integer({ min: 1, max: 12 }), (facts, count) => {
      const hosts = facts.map((fact, index) => host(`h${index}`, fact));
      const wishes = Array.from({ length: count }, (_, index) => ({ ...wish, machine: `clusters/m${index}` }));
      const chosen = wishes
        .map((each, index) => chooseInTurn(each, wishes.slice(0, index), hosts, []))
        .flatMap((choice) => ('host' in choice ? [choice.host.name] : []));
      const free = hosts.filter((each) => turnDown(each, wish) === null).length;
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen.length).toBe(Math.min(count, free));
    }),
  );
});

test('with atomic claims no host ever has two machines, and control planes keep skew <= 1 over domains that had room', () => {
  fc.assert(
    fc.property(fleet, fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }), (facts, schedule) => {
      const hosts = facts.map((fact, index) => host(`h${index}`, fact));
      const siblings: Sibling[] = [];
      const bound = new Map<string, string>();
      for (const turn of schedule) {
        const machine = `clusters/m${turn}`;
        const free = new Set(
          hosts.filter((each) => turnDown(each, { ...wish, machine }) === null).map((each) => each.failureDomain),
        );
        const choice = chooseHost({ ...wish, machine, controlPlane: true }, hosts, siblings);
        if (!('host' in choice) || bound.has(machine)) continue;
        const index = hosts.indexOf(choice.host);
        expect(hosts[index]!.consumer).toBeUndefined();
        hosts[index] = { ...choice.host, consumer: machine, state: 'provisioning' };
        bound.set(machine, choice.host.name);
        const count = (domain: string) => siblings.filter((each) => each.failureDomain === domain).length;
        for (const domain of free) expect(count(choice.host.failureDomain)).toBeLessThanOrEqual(count(domain));
        siblings.push({ failureDomain: choice.host.failureDomain, stays: true });
      }
      expect(new Set(bound.values()).size).toBe(bound.size);
    }),
  );
});
