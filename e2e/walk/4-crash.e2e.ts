/**
 * `kill -9` while hosts are in the middle of something, and the hardware out of reach. Hosts of the second site, without a cluster:
 * as Metal3 has it, spec.image of a host is all that provisioning needs.
 */
import { expect, test } from '@playwright/test';
import { destructive } from '../support/hardware.ts';
import { type Host, list, messageOf, PATHS, patch, standing, statusOf, until } from '../support/kube.ts';
import { exampleImage } from '../support/manifests.ts';
import { killAndWait, pidsOf, type Victim } from '../support/processes.ts';
import { kubectl } from '../support/slipway.ts';

test.describe.configure({ mode: 'serial' });

/** Three groups of three vendors each. */
const A = ['server-rack5-u14', 'server-rack5-u16', 'server-rack5-u18'];
const B = ['server-rack5-u20', 'server-rack5-u22', 'server-rack6-u14'];
const C = ['server-rack6-u12', 'server-rack6-u16', 'server-rack6-u20'];

/** What was wished of each host so far, counted from what its log held before the first wish. */
const wanted = new Map<string, { writes: number; erases: number }>();

/** What a group of hosts is to do, and the moment in it at which the axe falls. */
const DEEDS = {
  inspect: {
    body: { metadata: { annotations: { 'inspect.metal3.io': '' } } },
    counts: { writes: 0, erases: 1 },
    amid: (host: Host) => host.status?.provisioning?.state === 'inspecting',
    done: 'available',
  },
  provision: {
    body: { spec: { online: true, image: exampleImage() } },
    counts: { writes: 1, erases: 0 },
    amid: (host: Host) => host.status?.provisioning?.step === 'write-image',
    done: 'provisioned',
  },
  deprovision: {
    body: { spec: { online: false, image: null } },
    counts: { writes: 0, erases: 1 },
    amid: (host: Host) => host.status?.provisioning?.state === 'deprovisioning' && host.status.provisioning.step === 'clean',
    done: 'available',
  },
};

async function hostsOf(group: readonly string[]): Promise<Host[]> {
  return (await list<Host>(PATHS.hosts)).filter(({ metadata }) => group.includes(metadata.name));
}

async function wish(group: readonly string[], deed: keyof typeof DEEDS): Promise<void> {
  const { body, counts } = DEEDS[deed];
  for (const host of group) {
    const before = wanted.get(host) ?? (await destructive(host));
    wanted.set(host, { writes: before.writes + counts.writes, erases: before.erases + counts.erases });
    await patch(`${PATHS.hosts}/${host}`, body);
  }
}

async function arrived(group: readonly string[], deed: keyof typeof DEEDS): Promise<void> {
  const { done } = DEEDS[deed];
  await until(`${group.join(', ')} end ${done} after ${deed}`, 150_000, async () => {
    const not = (await hostsOf(group)).filter(
      ({ metadata, status }) =>
        status?.provisioning?.state !== done ||
        status.errorType ||
        status.poweredOn !== (done === 'provisioned') ||
        metadata.annotations?.['inspect.metal3.io'] !== undefined,
    );
    if (not.length > 0) throw new Error(not.map(standing).join('; '));
    return true;
  });
}

/** Wishes, and kills in the middle of the deed. */
async function killAmid(victim: Victim, group: readonly string[], deed: keyof typeof DEEDS): Promise<void> {
  await wish(group, deed);
  await until(`one of ${group.join(', ')} is amid ${deed}`, 60_000, async () => (await hostsOf(group)).some(DEEDS[deed].amid));
  await killAndWait(victim);
  await until('the API answers', 60_000, async () => (await list(PATHS.hosts)).length > 0);
}

async function expectOnce(group: readonly string[]): Promise<void> {
  for (const host of group) expect({ host, ...(await destructive(host)) }).toEqual({ host, ...wanted.get(host) });
}

test('hosts to begin with: one group bears an image', async () => {
  await until('all hosts are available', 120_000, async () =>
    (await hostsOf([...A, ...B, ...C])).every(({ status }) => status?.provisioning?.state === 'available'),
  );
  await wish(C, 'provision');
  await arrived(C, 'provision');
});

const ROUNDS: { victim: Victim; inspect: string[]; provision: string[]; deprovision: string[] }[] = [
  { victim: 'worker', inspect: A, provision: B, deprovision: C },
  { victim: 'api', inspect: C, provision: A, deprovision: B },
  { victim: 'postgres', inspect: B, provision: C, deprovision: A },
];

for (const { victim, ...groups } of ROUNDS) {
  test(`kill -9 of ${victim} amid inspection, provisioning and deprovisioning: all ends well, each disk is written and erased once`, async () => {
    for (const deed of ['inspect', 'provision', 'deprovision'] as const) await killAmid(victim, groups[deed], deed);
    for (const deed of ['inspect', 'provision', 'deprovision'] as const) await arrived(groups[deed], deed);
    await expectOnce([...A, ...B, ...C]);
  });
}

test('what bears an image still gives it back, once', async () => {
  await wish(C, 'deprovision');
  await arrived(C, 'deprovision');
  await expectOnce([...A, ...B, ...C]);
});

test('the hardware stopped: hosts become unknown, not fine, and come back with it', async () => {
  const [sim] = pidsOf('sim');
  expect(sim, 'the simulator’s process').toBeDefined();
  const all = () => list<Host>(PATHS.hosts, 'fleet.slipway.dev/site');
  process.kill(sim!, 'SIGSTOP');
  try {
    await until('the power of all hosts is unknown', 150_000, async () =>
      (await all()).every((host) => host.status?.poweredOn === undefined && statusOf(host, 'Manageable') === 'Unknown'),
    );
    for (const host of await all()) {
      expect(messageOf(host, 'Manageable')).toContain('Power unknown');
      expect(statusOf(host, 'Ready')).toBe('Unknown');
    }
    const table = await kubectl('get', 'bmh', '-n', 'metal3', '-l', 'fleet.slipway.dev/site', '-o', 'wide', '--no-headers');
    expect(
      table
        .trim()
        .split('\n')
        .filter((line) => / OK /.test(line)),
    ).toEqual([]);
  } finally {
    process.kill(sim!, 'SIGCONT');
  }
  await until('the power of all hosts is known', 120_000, async () =>
    (await all()).every((host) => host.status?.poweredOn !== undefined && statusOf(host, 'Manageable') === 'True'),
  );
});
