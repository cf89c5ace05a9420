/** Figures of the spine (issue 2): hosts per minute, cost of clusters, idle memory, start times. */
import type { Manifest } from '../../apps/api/src/starting/apply.ts';
import { type BenchSlipway, removeState, startForBench } from './bench-slipway.ts';
import { clusterManifests } from './cluster-manifests.ts';
import type { Cost } from './processes.ts';

type Report = (figure: Record<string, unknown>) => void;

/** Most hosts of the hosts bench, unless SLIPWAY_BENCH_HOSTS says otherwise. */
const HOSTS = Number(process.env.SLIPWAY_BENCH_HOSTS ?? 1000);
/** Long enough for every host's power to be polled. */
const IDLE_SAMPLE_MS = 65_000;
const CLUSTERS = (process.env.SLIPWAY_BENCH_CLUSTERS ?? '3,10,30').split(',').map(Number);

/** Runs the benches named, or all. */
export async function spine(only: string[], report: Report): Promise<void> {
  const benches: Record<string, (report: Report) => Promise<void>> = { hosts, clusters, start };
  const names = only.length > 0 ? only.map((name) => (name === 'idle' ? 'hosts' : name)) : Object.keys(benches);
  for (const name of new Set(names)) await benches[name]?.(report);
}

/** 1,000 hosts created → available, then idle memory. */
async function hosts(report: Report): Promise<void> {
  const slipway = startForBench(['--hosts', String(HOSTS), '--speed', '0']);
  await slipway.until('registering hosts', 120_000);
  const began = Date.now();
  const peak: Record<string, number> = {};
  const available = () => countHosts(slipway, 'available');
  for (let count = await available(); count < HOSTS; count = await available()) {
    for (const [part, cost] of Object.entries(slipway.costs())) peak[part] = Math.max(peak[part] ?? 0, cost.pssMiB);
    if (Date.now() - began > 1_800_000) throw new Error(`only ${await available()} of ${HOSTS} hosts available after 30 min`);
    // Reading a thousand hosts costs as much as bringing one up: seldom at first, often near the end.
    await pause(count < HOSTS * 0.8 ? 4000 : 500);
  }
  const seconds = (Date.now() - began) / 1000;
  report({
    figure: 'hosts created to available',
    hosts: HOSTS,
    seconds: round(seconds),
    perMinute: round((HOSTS / seconds) * 60),
    peakPssMiB: peak,
    cpu: cpuOf(slipway.costs()),
  });
  await pause(60_000);
  const idle = slipway.costs();
  const before = cpuOf(idle);
  await pause(IDLE_SAMPLE_MS);
  const after = cpuOf(slipway.costs());
  const ours = Object.entries(idle).filter(([part]) => part !== 'sim');
  const cores = Object.fromEntries(
    Object.keys(after).map((part) => [part, round(((after[part] ?? 0) - (before[part] ?? 0)) / (IDLE_SAMPLE_MS / 1000), 3)]),
  );
  report({
    figure: 'idle',
    hosts: HOSTS,
    pssMiB: idle,
    allButSimMiB: round(ours.reduce((sum, [, cost]) => sum + cost.pssMiB, 0)),
    cores,
  });
  await slipway.stop();
  removeState(slipway.state);
}

/** So many clusters of 1 + 3, created → Available. */
async function clusters(report: Report): Promise<void> {
  for (const count of CLUSTERS) {
    const slipway = startForBench(['--hosts', String(count * 4), '--speed', '0', '--no-console']);
    await slipway.until('ready; Ctrl+C ends it', 300_000);
    while ((await countHosts(slipway, 'available')) < count * 4) await pause(500);
    const before = cpuOf(slipway.costs());
    const began = Date.now();
    for (let i = 0; i < count; i++) for (const manifest of clusterManifests(i)) await slipway.kube.apply(manifest as Manifest);
    const peak: Record<string, number> = {};
    while ((await countAvailable(slipway)) < count) {
      for (const [part, cost] of Object.entries(slipway.costs())) peak[part] = Math.max(peak[part] ?? 0, cost.pssMiB);
      if (Date.now() - began > 1_800_000)
        throw new Error(`only ${await countAvailable(slipway)} of ${count} clusters available after 30 min`);
      await pause(500);
    }
    const seconds = (Date.now() - began) / 1000;
    const after = cpuOf(slipway.costs());
    const cpu = Object.fromEntries(Object.keys(after).map((part) => [part, round((after[part] ?? 0) - (before[part] ?? 0))]));
    const total = Object.values(cpu).reduce((sum, value) => sum + value, 0);
    report({
      figure: 'clusters of 1 + 3',
      clusters: count,
      seconds: round(seconds),
      cpuSeconds: cpu,
      cpuSecondsPerMachine: round(total / (count * 4)),
      peakPssMiB: peak,
    });
    await slipway.stop();
    removeState(slipway.state);
  }
}

/** A first start on a fresh state folder (packages installed, console built), and a second on the same. */
async function start(report: Report): Promise<void> {
  const first = startForBench([]);
  const firstMs = await first.until('ready; Ctrl+C ends it', 300_000);
  await first.stop();
  const second = startForBench([], first.state);
  const page = await second.until('console on', 120_000);
  await second.stop();
  removeState(first.state);
  report({ figure: 'start', firstSeconds: round(firstMs / 1000), secondToPageSeconds: round(page / 1000) });
}

async function countHosts(slipway: BenchSlipway, state: string): Promise<number> {
  const list = (await slipway.kube.get('/apis/metal3.io/v1alpha1/baremetalhosts')) as {
    items: { status?: { provisioning?: { state?: string } } }[];
  };
  return list.items.filter((host) => host.status?.provisioning?.state === state).length;
}

async function countAvailable(slipway: BenchSlipway): Promise<number> {
  const list = (await slipway.kube.get('/apis/cluster.x-k8s.io/v1beta2/clusters')) as {
    items: { status?: { conditions?: { type: string; status: string }[] } }[];
  };
  return list.items.filter((item) =>
    item.status?.conditions?.some(({ type, status }) => type === 'Available' && status === 'True'),
  ).length;
}

function cpuOf(parts: Record<string, Cost>): Record<string, number> {
  return Object.fromEntries(Object.entries(parts).map(([part, cost]) => [part, cost.cpuSeconds]));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function round(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
