/**
 * `kill -9` while hosts stand in each of the states that pass too quickly to be caught by chance, and in those in which nothing is to be
 * done. A BMC that accepts requests and never answers, or a foreign finalizer, holds a host where the axe shall find it. The states in
 * which an image is written or a disk erased are caught in the middle by 4-crash.e2e.ts.
 */
import { expect, test } from '@playwright/test';
import { faults, type HardwareEntry, hardwareLog } from '../support/hardware.ts';
import { get, type Host, list, PATHS, patch, request, standing, until } from '../support/kube.ts';
import { exampleImage } from '../support/manifests.ts';
import { killAndWait, type Victim } from '../support/processes.ts';

test.describe.configure({ mode: 'serial' });

/** Where each pair of hosts stands when the axe falls. */
const STAND = {
  registering: ['server-rack5-u10', 'server-rack6-u10'],
  preparing: ['server-rack5-u12', 'server-rack6-u12'],
  'powering off before delete': ['server-rack5-u14', 'server-rack6-u14'],
  deleting: ['server-rack5-u16', 'server-rack6-u16'],
  available: ['server-rack5-u18', 'server-rack6-u18'],
  provisioned: ['server-rack5-u20', 'server-rack6-u20'],
} as const;
const MOVED = [...STAND.registering, ...STAND.preparing, ...STAND['powering off before delete'], ...STAND.deleting];
const AT_REST = [...STAND.available, ...STAND.provisioned];
const OURS = 'baremetalhost.metal3.io';
const FOREIGN = 'e2e.example.com/held';

const path = (host: string) => `${PATHS.hosts}/${host}`;

async function stateOf(host: string): Promise<string | undefined> {
  return (await get<Host>(path(host)))?.status?.provisioning?.state;
}

async function allAre(hosts: readonly string[], state: string): Promise<void> {
  await until(`${hosts.join(', ')} are ${state}`, 120_000, async () => {
    const seen = (await list<Host>(PATHS.hosts)).filter(({ metadata }) => hosts.includes(metadata.name));
    const others = seen.filter(({ status }) => status?.provisioning?.state !== state);
    if (others.length === 0 && seen.length === hosts.length) return true;
    throw new Error(`${seen.length} of ${hosts.length} exist; ${others.map(standing).join('; ')}`);
  });
}

/** What an operator would apply to have this host again. */
async function manifestOf(host: string): Promise<unknown> {
  const { kind, metadata, spec } = (await get<Host>(path(host)))!;
  const { name, namespace, labels } = metadata;
  return { apiVersion: 'metal3.io/v1alpha1', kind, metadata: { name, namespace, labels }, spec };
}

async function remove(host: string): Promise<void> {
  expect((await request('DELETE', path(host))).status).toBe(200);
}

async function gone(hosts: readonly string[]): Promise<void> {
  await until(`${hosts.join(', ')} are gone`, 60_000, async () =>
    (await Promise.all(hosts.map(stateOf))).every((state) => !state),
  );
}

async function logs(): Promise<Map<string, HardwareEntry[]>> {
  return new Map(await Promise.all([...MOVED, ...AT_REST].map(async (host) => [host, await hardwareLog(host)] as const)));
}

/** What was done to a server, not what its operating system does by itself. */
function done(entries: readonly HardwareEntry[]): HardwareEntry[] {
  return entries.filter(({ kind }) => kind !== 'node' && kind !== 'os-start');
}

test('hosts to begin with: one pair bears an image', async () => {
  await allAre([...MOVED, ...AT_REST], 'available');
  for (const host of STAND.provisioned) await patch(path(host), { spec: { online: true, image: exampleImage() } });
  await allAre(STAND.provisioned, 'provisioned');
});

for (const victim of ['worker', 'api', 'postgres'] as const satisfies Victim[]) {
  test(`kill -9 of ${victim} with hosts registering, preparing, powering off, deleting and at rest: each ends as it should`, async () => {
    const before = await logs();
    const manifests = new Map<string, unknown>(
      await Promise.all(MOVED.map(async (host) => [host, await manifestOf(host)] as const)),
    );
    const again = async (hosts: readonly string[]) => {
      await gone(hosts);
      for (const host of hosts) expect((await request('POST', PATHS.hosts, manifests.get(host))).status).toBe(201);
    };

    for (const host of STAND.registering) await remove(host);
    await faults('agent-hangs', STAND.preparing, true);
    for (const host of STAND.preparing) await patch(path(host), { metadata: { annotations: { 'inspect.metal3.io': '' } } });
    await allAre(STAND.preparing, 'preparing');
    await gone(STAND.registering);
    await faults('bmc-hangs', [...STAND.registering, ...STAND['powering off before delete']], true);
    await again(STAND.registering);
    for (const host of STAND.deleting) await patch(path(host), { metadata: { finalizers: [OURS, FOREIGN] } });
    for (const host of [...STAND['powering off before delete'], ...STAND.deleting]) await remove(host);
    for (const [state, hosts] of Object.entries(STAND)) await allAre(hosts, state);

    await killAndWait(victim);
    await until('the API answers', 60_000, async () => (await list(PATHS.hosts)).length > 0);
    await faults('agent-hangs', STAND.preparing, false);
    await faults('bmc-hangs', [...STAND.registering, ...STAND['powering off before delete']], false);
    for (const host of STAND.deleting) await patch(path(host), { metadata: { finalizers: [] } });
    await again([...STAND['powering off before delete'], ...STAND.deleting]);

    await allAre(MOVED, 'available');
    const after = await logs();
    for (const host of MOVED) {
      const made = after.get(host)!.slice(before.get(host)!.length);
      const count = (kind: string) => made.filter((entry) => entry.kind === kind).length;
      expect({ host, erases: count('erase'), writes: count('write-image') }).toEqual({ host, erases: 1, writes: 0 });
    }
    for (const host of AT_REST) expect({ host, done: done(after.get(host)!) }).toEqual({ host, done: done(before.get(host)!) });
    await allAre(STAND.available, 'available');
    await allAre(STAND.provisioned, 'provisioned');
  });
}

test('what bears an image gives it back', async () => {
  for (const host of STAND.provisioned) await patch(path(host), { spec: { online: false, image: null } });
  await allAre(STAND.provisioned, 'available');
});
