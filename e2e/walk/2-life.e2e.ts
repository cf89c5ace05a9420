/** The walk, second half: the cluster grows, is upgraded, loses nodes and gets others, and goes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { destructive, faults, hardwareLog, servers } from '../support/hardware.ts';
import { get, type Host, hostOf, type KubeObject, list, messageOf, PATHS, statusOf, until } from '../support/kube.ts';
import { kubectl, kubectlWith, stateFolder } from '../support/slipway.ts';
import { watchAll } from '../support/watcher.ts';

const PRODUCTION = 'cluster.x-k8s.io/cluster-name=production';
const CONTROL_PLANE = `${PRODUCTION},cluster.x-k8s.io/control-plane`;
const WORKERS = `${PRODUCTION},!cluster.x-k8s.io/control-plane`;
const DEPLOYMENT = `${PATHS.machineDeployments}/production-workers`;
const KCP = `${PATHS.controlPlanes}/production-cp`;
const CHECK = 'machinehealthchecks.v1beta1.cluster.x-k8s.io';

test.describe.configure({ mode: 'serial' });

/** The seed's cluster as a person edits it: both version fields, the replicas that are wanted now, and a wider surge to save time. */
function manifestAt(version: string): string {
  return readFileSync('examples/production/20-cluster-production.yaml', 'utf8')
    .replaceAll('version: v1.32.0', `version: ${version}`)
    .replace('replicas: 5', 'replicas: 8\n  strategy: { rollingUpdate: { maxSurge: 4, maxUnavailable: 0 } }');
}

/** Names of the workload cluster's nodes that are Ready and may be used. */
async function usableNodes(): Promise<string[]> {
  const file = join(stateFolder(), 'production.kubeconfig');
  const nodes = JSON.parse(await kubectl('--kubeconfig', file, '--request-timeout=5s', 'get', 'nodes', '-o', 'json')) as {
    items: KubeObject[];
  };
  return nodes.items
    .filter((node) => statusOf(node, 'Ready') === 'True' && !node.spec.unschedulable)
    .map((node) => node.metadata.name);
}

async function running(labels: string, count: number, version?: string): Promise<boolean> {
  const machines = await list(PATHS.machines, labels);
  const good = machines.filter((each) => each.status?.phase === 'Running' && (!version || each.spec.version === version));
  return machines.length === count && good.length === count;
}

/** What is seen of an upgrade at one moment. */
interface Look {
  controlPlane: string;
  /** What the control plane's status says that it is at. */
  reached: string;
  newWorkers: number;
  oldControlPlanes: number;
  available: number;
  saying: string;
}

async function lookAt(version: string): Promise<Look> {
  const [deployment, controlPlane] = [await get(DEPLOYMENT), await get(KCP)];
  const workers = await list(PATHS.machines, WORKERS);
  const controlPlanes = await list(PATHS.machines, CONTROL_PLANE);
  return {
    controlPlane: controlPlane?.spec.version ?? '',
    reached: String(controlPlane?.status?.version),
    newWorkers: workers.filter((machine) => machine.spec.version === version).length,
    oldControlPlanes: controlPlanes.filter((machine) => machine.spec.version !== version).length,
    available: Number(deployment?.status?.availableReplicas ?? 0),
    saying: messageOf(deployment, 'RollingOut'),
  };
}

test('kubectl scale gives 8 workers', async () => {
  await kubectl('scale', 'machinedeployment/production-workers', '-n', 'clusters', '--replicas=8');
  await until('8 workers run', 120_000, () => running(WORKERS, 8));
  await expect.poll(async () => (await usableNodes()).length, { timeout: 60_000 }).toBe(11);
});

for (const version of ['v1.32.1', 'v1.33.0']) {
  test(`one apply upgrades to ${version}: control plane first, workers wait and say so, never fewer than wanted`, async () => {
    const old = await list(PATHS.machines, CONTROL_PLANE);
    const nodes = watchAll(500, async () => (await usableNodes()).length);
    const looks = watchAll(150, () => lookAt(version));
    let seen: Look[] = [];
    let ready: number[] = [];
    try {
      const { stderr, code } = await kubectlWith(manifestAt(version), 'apply', '-f', '-');
      expect(code, stderr).toBe(0);
      await until(`everything at ${version}`, 220_000, async () => {
        return (await running(CONTROL_PLANE, 3, version)) && (await running(WORKERS, 8, version));
      });
    } finally {
      [seen, ready] = [await looks.end(), await nodes.end()];
    }
    const upgrade = seen.filter((look) => look.controlPlane === version);
    expect(upgrade.some((look) => look.saying.includes(`Waits for KubeadmControlPlane production-cp to be at ${version}`))).toBe(
      true,
    );
    expect(upgrade.filter((look) => look.newWorkers > 0 && look.oldControlPlanes > 0)).toEqual([]);
    expect(Math.min(...upgrade.map((look) => look.available))).toBeGreaterThanOrEqual(8);
    expect(Math.min(...ready)).toBeGreaterThanOrEqual(11);
    expect((await kubectlNodes()).every((line) => line.endsWith(version))).toBe(true);
    for (const machine of old) await expectMemberRemovedFirst(hostOf(machine));
  });
}

async function kubectlNodes(): Promise<string[]> {
  const file = join(stateFolder(), 'production.kubeconfig');
  return (await kubectl('--kubeconfig', file, 'get', 'nodes', '--no-headers')).trim().split('\n');
}

/** On the last stop of a control plane's node, its etcd member had been taken out before the operating system went. */
async function expectMemberRemovedFirst(host: string): Promise<void> {
  const entries = await hardwareLog(host);
  const stop = entries.findLastIndex((entry) => entry.kind === 'os-stop');
  const start = entries.slice(0, stop).findLastIndex((entry) => entry.kind === 'os-start');
  const life = entries.slice(start, stop).map((entry) => entry.detail);
  expect(life, `what ${host} logged before it was switched off`).toContain('etcd: the member has been removed from the cluster');
}

test('a version without OSImage is refused before a host is touched', async () => {
  const consumers = async () =>
    (await list<Host>(PATHS.hosts)).map(({ metadata, spec }) => `${metadata.name} ${spec.consumerRef?.name ?? '-'}`).sort();
  const machines = async () => (await list(PATHS.machines, PRODUCTION)).map(({ metadata }) => metadata.uid).sort();
  const before = [await consumers(), await machines()];
  const { stderr, code } = await kubectlWith(manifestAt('v1.34.0'), 'apply', '-f', '-');
  expect(code, stderr).toBe(0);
  const refusal = await until('the control plane says why', 60_000, async () => {
    const message = messageOf(await get(KCP), 'RollingOut');
    return message.includes('no OSImage') && message;
  });
  expect(refusal).toContain('no OSImage of family ubuntu-22.04-k8s holds v1.34.0');
  await until('the workers say why', 60_000, async () => messageOf(await get(DEPLOYMENT), 'RollingOut').includes('v1.34.0'));
  expect([await consumers(), await machines()]).toEqual(before);
  const back = await kubectlWith(manifestAt('v1.33.0'), 'apply', '-f', '-');
  expect(back.code, back.stderr).toBe(0);
  await until(
    'nothing rolls',
    60_000,
    async () => statusOf(await get(KCP), 'RollingOut') === 'False' && statusOf(await get(DEPLOYMENT), 'RollingOut') === 'False',
  );
  expect([await consumers(), await machines()]).toEqual(before);
});

/** The health check's patience, as a person patches it. */
async function patience(timeout: string): Promise<void> {
  const unhealthyConditions = ['False', 'Unknown'].map((status) => ({ type: 'Ready', status, timeout }));
  const patch = JSON.stringify({ spec: { unhealthyConditions } });
  await kubectl('patch', CHECK, 'production-worker-health', '-n', 'clusters', '--type=merge', '-p', patch);
}

test('a node that is NotReady for longer than the health check allows is replaced', async () => {
  await patience('5s');
  const [sick] = await list(PATHS.machines, WORKERS);
  const host = hostOf(sick!);
  await faults('node-notready', [host], true);
  await until('the sick machine goes', 60_000, async () => {
    const machine = await get(`${PATHS.machines}/${sick!.metadata.name}`);
    return !machine || machine.metadata.deletionTimestamp !== undefined;
  });
  await faults('node-notready', [host], false);
  await until('another has taken its place', 120_000, async () => {
    const machines = await list(PATHS.machines, WORKERS);
    return (await running(WORKERS, 8)) && machines.every(({ metadata }) => metadata.uid !== sick!.metadata.uid);
  });
  const events = await list<KubeObject & { reason: string; message: string }>(PATHS.events);
  const marked = events.find(
    ({ reason, message }) => reason === 'MachineMarkedUnhealthy' && message.includes(sick!.metadata.name),
  );
  expect(marked?.message).toBe(
    `Machine clusters/${sick!.metadata.name} has been marked as unhealthy by clusters/production-worker-health`,
  );
});

test('5 of 10 that are NotReady at once are left alone', async () => {
  // Patient while the nodes fall ill one after the other, so that all five are over the limit at the same moment.
  await patience('300s');
  await kubectl('scale', 'machinedeployment/production-workers', '-n', 'clusters', '--replicas=10');
  await until('10 workers run', 120_000, () => running(WORKERS, 10));
  const before = await list(PATHS.machines, WORKERS);
  const sick = before.slice(0, 5);
  await faults('node-notready', sick.map(hostOf), true);
  const names = new Set(sick.map(({ metadata }) => metadata.name));
  await until('five nodes are NotReady for six seconds', 60_000, async () => {
    const machines = (await list(PATHS.machines, WORKERS)).filter(({ metadata }) => names.has(metadata.name));
    const since = machines.map((machine) =>
      machine.status?.conditions?.find((each) => each.type === 'NodeReady' || each.type === 'NodeHealthy'),
    );
    return since.every((each) => each?.status === 'False' && Date.now() - Date.parse(each.lastTransitionTime) > 6000);
  });
  await patience('5s');
  const event = await until('the event', 60_000, async () => {
    const events = await list<KubeObject & { reason: string; message: string }>(PATHS.events);
    return events.find(({ reason }) => reason === 'RemediationRestricted');
  });
  expect(event.message).toBe(
    'Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy (total: 10, unhealthy: 5, maxUnhealthy: 40%)',
  );
  // Longer than the patience: nothing is replaced meanwhile.
  const looks = watchAll(500, async () =>
    (await list(PATHS.machines, WORKERS)).filter((each) => !each.metadata.deletionTimestamp),
  );
  await new Promise((done) => setTimeout(done, 8000));
  const uids = (machines: KubeObject[]) => machines.map(({ metadata }) => metadata.uid).sort();
  for (const look of await looks.end()) expect(uids(look)).toEqual(uids(before));
  await faults('node-notready', sick.map(hostOf), false);
  await until('all are well again', 60_000, async () => {
    const check = await get(`${PATHS.healthChecks}/production-worker-health`);
    return check?.status?.currentHealthy === 10 && statusOf(check, 'RemediationAllowed') === 'True';
  });
});

test('kubectl delete cluster: hosts cleaned, off and available; Secrets gone', async () => {
  const held = (await list<Host>(PATHS.hosts)).filter(({ spec }) => spec.consumerRef).map(({ metadata }) => metadata.name);
  expect(held).toHaveLength(13);
  const before = new Map(await Promise.all(held.map(async (host) => [host, await destructive(host)] as const)));
  await kubectl('delete', 'cluster', 'production', '-n', 'clusters', '--timeout=180s');
  await until('its hosts are available and off', 60_000, async () => {
    const hosts = (await list<Host>(PATHS.hosts)).filter(({ metadata }) => held.includes(metadata.name));
    return hosts.every(
      ({ spec, status }) =>
        status?.provisioning?.state === 'available' && status.poweredOn === false && !spec.consumerRef && !spec.image,
    );
  });
  const power = new Map((await servers()).map((server) => [server.name, server.power]));
  for (const host of held) {
    const { writes, erases } = await destructive(host);
    expect({ host, erases, writes, power: power.get(host) }).toEqual({
      host,
      erases: before.get(host)!.erases + 1,
      writes: before.get(host)!.writes,
      power: 'Off',
    });
    // One clean when it was taken in, one for each image that it has borne.
    expect({ host, erases }).toEqual({ host, erases: writes + 1 });
    const erase = (await hardwareLog(host)).findLast((entry) => entry.kind === 'erase');
    expect(erase?.detail).toBe('erase_devices_metadata');
  }
  await until('its Secrets are gone', 60_000, async () => {
    return (await list(PATHS.secrets)).filter(({ metadata }) => metadata.name.startsWith('production')).length === 0;
  });
  const left = await kubectl(
    'get',
    'clusters,machines,machinesets,machinedeployments,kubeadmcontrolplanes,kubeadmconfigs,metal3machines',
    '-n',
    'clusters',
    '-l',
    PRODUCTION,
    '-o',
    'name',
  );
  expect(left).toBe('');
});
