import { expect, test } from 'vitest';
import { Cluster } from '../cluster/kind.ts';
import type { HostFacts } from '../metal3-machine/choose-host.ts';
import { conditionOf } from '../shared/conditions.ts';
import { shortHash } from '../shared/planning.ts';
import { after, lines, made, testEnv } from '../shared/testing.ts';
import { Site } from '../site/kind.ts';
import { chooseSite, type Demand } from './choose-site.ts';
import { METAL3_CLUSTER_FINALIZER, Metal3Cluster } from './kind.ts';
import { plan } from './reconciler.ts';
import type { Seen } from './seen.ts';

const site = (name: string) =>
  made(Site, name, {
    bmc: { allowedNetworks: [] },
    machineURL: 'https://m',
    agentImage: { kernelURL: 'k', initrdURL: 'i' },
    kubeVip: { image: 'v', interface: 'e' },
  });
const endpoint = { host: '10.0.0.100', port: 6443 };
const cluster = made(Cluster, 'c', {});
const initialized = made(Cluster, 'c', {}, { initialization: { controlPlaneInitialized: true } });
const self = made(Metal3Cluster, 'c', { controlPlaneEndpoint: endpoint });
const other = (more: object = {}) =>
  made(
    Metal3Cluster,
    'o',
    { controlPlaneEndpoint: endpoint },
    { site: 'one', ...more },
    { creationTimestamp: '2025-01-01T00:00:00Z' },
  );
const seen = (more: Partial<Seen> = {}): Seen => ({
  self,
  cluster,
  all: [self],
  sites: [site('one')],
  machines: [],
  siting: null,
  manifest: null,
  operations: [],
  ...more,
});

test('is provisioned with a site and an endpoint of its own', () => {
  const done = after(plan(seen(), testEnv()), Metal3Cluster, 'c')!;
  expect(done.status).toMatchObject({ site: 'one', initialization: { provisioned: true } });
  expect(done.metadata).toMatchObject({ labels: { 'fleet.slipway.dev/site': 'one' }, finalizers: [METAL3_CLUSTER_FINALIZER] });
  expect(conditionOf(done, 'Ready')?.status).toBe('True');
  expect(lines(plan(seen({ self: done }), testEnv()))).toEqual([]);
});

test.each<[string, Partial<Seen>, string]>([
  ['no Cluster', { cluster: null }, 'Waiting for a Cluster that names this Metal3Cluster'],
  ['no Site', { sites: [] }, 'There is no Site'],
  [
    'a site that is not there',
    { self: made(Metal3Cluster, 'c', { controlPlaneEndpoint: endpoint }, { site: 'x' }) },
    'There is no Site x',
  ],
  ['no endpoint', { self: made(Metal3Cluster, 'c', {}) }, 'spec.controlPlaneEndpoint.host and port are not set'],
  [
    'an endpoint that is taken',
    { all: [self, other()] },
    'Endpoint 10.0.0.100:6443 of site one is held by Metal3Cluster clusters/o',
  ],
  [
    'no template to decide by',
    { sites: [site('one'), site('two')], siting: { world: {} as never, demands: [], lacks: 'Metal3MachineTemplate t' } },
    'Waiting for Metal3MachineTemplate t, whose host selector decides on the site',
  ],
])('with %s it waits and says so', (_name, more, message) => {
  const done = plan(seen(more), testEnv());
  expect(done.because?.sentence).toBe(message);
  expect(conditionOf(after(done, Metal3Cluster, 'c'), 'Ready')).toMatchObject({ status: 'False', message });
  expect(after(done, Metal3Cluster, 'c')?.status?.initialization).toBeUndefined();
});

test.each([
  ['in another site', other({ site: 'two' }), self],
  ['younger than one that stands', other(), made(Metal3Cluster, 'c', self.spec, { initialization: { provisioned: true } })],
])('the same endpoint %s is no matter', (_name, them, me) => {
  expect(plan(seen({ self: me, all: [me, them] }), testEnv()).because).toBeNull();
});

test('applies the CNI manifest once per digest', () => {
  const manifest = { namespace: 'metal3', name: 'cni', text: 'kind: DaemonSet' };
  const standing = seen({ cluster: initialized, manifest });
  const first = after(plan(standing, testEnv()), Metal3Cluster, 'c')!;
  const asked = plan({ ...standing, self: first }, testEnv());
  expect(lines(asked)).toEqual(['workload.apply']);
  const action = asked.actions[0]!;
  const operation = { id: 'id' in action ? action.id : '', state: 'succeeded' } as Seen['operations'][number];
  const done = after(plan({ ...standing, self: first, operations: [operation] }, testEnv()), Metal3Cluster, 'c')!;
  expect(done.status?.cniDigest).toBe(shortHash(manifest.text));
  expect(lines(plan({ ...standing, self: done }, testEnv()))).toEqual([]);
  expect(lines(plan({ ...standing, self: done, manifest: { ...manifest, text: 'kind: Other' } }, testEnv()))).toEqual([
    'update Metal3Cluster c',
  ]);
});

test('goes when its machines are gone', () => {
  const going = made(
    Metal3Cluster,
    'c',
    self.spec,
    {},
    { deletionTimestamp: '2026-01-01T11:00:00Z', finalizers: [METAL3_CLUSTER_FINALIZER] },
  );
  expect(plan(seen({ self: going, machines: ['a', 'b'] }), testEnv()).because?.sentence).toBe(
    'Waiting for Metal3Machines to be deleted: a, b',
  );
  expect(after(plan(seen({ self: going }), testEnv()), Metal3Cluster, 'c')!.metadata.finalizers).toEqual([]);
});

const host = (site: string, role: string, more: Partial<HostFacts> = {}): HostFacts => ({
  namespace: 'metal3',
  name: 'h',
  labels: { role },
  annotations: {},
  deleting: false,
  state: 'inspecting',
  error: '',
  site,
  failureDomain: '',
  allowed: true,
  ...more,
});
const demands: Demand[] = [
  { of: 'control plane', selector: { matchLabels: { role: 'cp' } }, count: 1 },
  { of: 'MachineDeployment w', selector: { matchLabels: { role: 'w' } }, count: 2 },
];

test.each([
  ['that meets all demands', [host('a', 'cp'), host('b', 'cp'), host('b', 'w'), host('b', 'w')], { site: 'b' }],
  ['with more to spare', [host('a', 'cp'), host('b', 'cp'), host('b', 'w')], { site: 'b' }],
  ['first by name', [host('b', 'cp'), host('a', 'cp')], { site: 'a' }],
  ['with free hosts', [host('a', 'cp', { consumer: 'x/y' }), host('b', 'cp')], { site: 'b' }],
  [
    'never without a control plane',
    [host('a', 'w')],
    { none: 'No Site (a, b) has a host for the control plane: 1 labels do not match the host selector (h)' },
  ],
  [
    'only where the namespace may claim hosts',
    [host('a', 'cp', { allowed: false })],
    { none: 'No Site (a, b) has a host for the control plane: 1 HostDeployPolicy does not let namespace clusters claim it (h)' },
  ],
])('chooses the site %s', (_name, hosts, choice) => {
  expect(chooseSite(['a', 'b'], demands, hosts, 'clusters')).toEqual(choice);
});
