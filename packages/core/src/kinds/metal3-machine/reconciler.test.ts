import { expect, test } from 'vitest';
import { BareMetalHost, type BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { Cluster } from '../cluster/kind.ts';
import { HostDeployPolicy } from '../host-deploy-policy/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage } from '../os-image/kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { after, lines, made, testEnv } from '../shared/testing.ts';
import { Site } from '../site/kind.ts';
import { HOST_ANNOTATION, METAL3_MACHINE_FINALIZER, Metal3Machine } from './kind.ts';
import { plan } from './reconciler.ts';
import type { Seen } from './seen.ts';

const sum = 'a'.repeat(64);
const image = { url: 'https://i/u.qcow2', checksum: sum, checksumType: 'sha256' as const, diskFormat: 'qcow2' as const };
const osImage = made(OSImage, 'u', {
  family: 'u',
  kubernetesVersion: 'v1.32.0',
  url: image.url,
  checksum: sum,
  checksumType: 'sha256',
  format: 'qcow2',
});
const site = made(Site, 'one', {
  bmc: { allowedNetworks: ['10.0.0.0/8'] },
  machineURL: 'https://m',
  agentImage: { kernelURL: 'http://k', initrdURL: 'http://i' },
  kubeVip: { image: 'v', interface: 'eth0' },
});
const policy = made(HostDeployPolicy, 'p', { hostClaimNamespaces: { names: ['clusters'] } }, undefined, { namespace: 'metal3' });
const labels = { 'cluster.x-k8s.io/cluster-name': 'c' };
const owner = { apiVersion: Machine.apiVersion, kind: 'Machine', name: 'm', uid: 'uid-machines-m', controller: true };
const cluster = made(Cluster, 'c', { infrastructureRef: { apiGroup: Metal3Cluster.group, kind: 'Metal3Cluster', name: 'c' } });
const metal3Cluster = made(Metal3Cluster, 'c', {}, { initialization: { provisioned: true }, site: 'one' });
const machine = made(Machine, 'm', {
  clusterName: 'c',
  version: 'v1.32.0',
  bootstrap: { dataSecretName: 'm' },
  infrastructureRef: { apiGroup: Metal3Machine.group, kind: 'Metal3Machine', name: 'm' },
});
const self = (more: object = {}, spec: object = {}) =>
  made(Metal3Machine, 'm', { image, hostSelector: { matchLabels: { role: 'worker' } }, ...spec }, undefined, {
    labels,
    ownerReferences: [owner],
    finalizers: [METAL3_MACHINE_FINALIZER],
    ...more,
  });
const host = (name: string, state: string, spec: object = {}, more: object = {}): BareMetalHostObject =>
  made(
    BareMetalHost,
    name,
    { online: false, ...spec },
    { provisioning: { state: state as 'available' }, ...more },
    { namespace: 'metal3', labels: { role: 'worker' } },
  );
const consumerRef = { kind: 'Metal3Machine', namespace: 'clusters', name: 'm' };
const bound = { [HOST_ANNOTATION]: 'metal3/h' };

const seen = (more: Partial<Seen> = {}, hosts: BareMetalHostObject[] = [host('h', 'available')]): Seen => ({
  self: self(),
  machine,
  cluster,
  metal3Cluster,
  host: null,
  hardware: null,
  metadataSecret: null,
  images: [osImage],
  template: null,
  pool: {
    world: { hosts, sites: [site], policies: [policy], namespaceLabels: {} },
    metal3Machines: [self()],
    machines: [machine],
  },
  ...more,
});

test('claims the host in one transaction with the machine', () => {
  const done = plan(seen(), testEnv());
  expect(lines(done)).toEqual(['ensureSecret m-metadata', 'update BareMetalHost h', 'update Metal3Machine m']);
  expect(after(done, BareMetalHost, 'h')!.spec).toEqual({
    online: true,
    consumerRef: {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2',
      kind: 'Metal3Machine',
      namespace: 'clusters',
      name: 'm',
    },
    image: { url: image.url, checksum: sum, checksumType: 'sha256', format: 'qcow2' },
    userData: { name: 'm', namespace: 'clusters' },
    metaData: { name: 'm-metadata', namespace: 'clusters' },
  });
  expect(after(done, Metal3Machine, 'm')!.spec.providerID).toBe('metal3://metal3/h/m');
  expect(after(done, Metal3Machine, 'm')!.metadata.annotations).toEqual(bound);
});

test.each<[string, Partial<Seen>, BareMetalHostObject[] | undefined, string, string]>([
  ['no Machine', { machine: null, pool: null }, undefined, 'WaitingForMetal3MachineOwnerRef', 'Waiting for a Machine'],
  ['no Metal3Cluster', { metal3Cluster: null }, undefined, 'WaitingforMetal3Cluster', 'Waiting for Metal3Cluster c'],
  [
    'cluster infrastructure not ready',
    { metal3Cluster: made(Metal3Cluster, 'c', {}) },
    undefined,
    'WaitingForClusterInfrastructureReady',
    'Waiting for Metal3Cluster c',
  ],
  ['no bootstrap data', { pool: null }, undefined, 'WaitingForBootstrapData', 'Waiting for the bootstrap data'],
  [
    "the seed's placeholder",
    { self: self({}, { image: { ...image, checksum: 'sha256:abc123...' } }) },
    undefined,
    'AssociateBareMetalHostFailed',
    'image.checksum "sha256:abc123..." is a placeholder',
  ],
  ['no image for the version', { images: [] }, undefined, 'AssociateBareMetalHostFailed', 'no OSImage has the url'],
  ['no host', {}, [], 'AssociateBareMetalHostFailed', 'No host is suitable: there are no hosts'],
  ['a host that inspects', {}, [host('h', 'inspecting')], 'AssociateBareMetalHostFailed', '1 state is inspecting (h)'],
])('with %s it waits and says so', (_name, more, hosts, reason, message) => {
  const done = plan(seen(more, hosts), testEnv());
  const condition = conditionOf(after(done, Metal3Machine, 'm'), 'AssociateBareMetalHost');
  expect(condition?.reason).toBe(reason);
  expect(condition?.message).toContain(message);
  expect(done.because?.sentence).toContain(message.slice(0, 100));
  expect(lines(done)).toEqual(['update Metal3Machine m']);
});

test('its Ready condition gives every reason, also where the sentence for people is cut', () => {
  const name = (letter: string) => letter.repeat(60);
  const hosts = [host(name('a'), 'inspecting'), host(name('b'), 'preparing'), host(name('c'), 'registering')];
  const done = plan(seen({}, hosts), testEnv());
  expect(done.because?.sentence).toMatch(/…$/);
  const ready = conditionOf(after(done, Metal3Machine, 'm'), 'Ready');
  for (const letter of ['a', 'b', 'c']) expect(ready?.message).toContain(name(letter));
});

test('a plan from its own outcome changes nothing', () => {
  const first = after(plan(seen({}, []), testEnv()), Metal3Machine, 'm')!;
  expect(lines(plan(seen({ self: first }, []), testEnv()))).toEqual([]);
});

test('is provisioned when its host is, and says where it stands before', () => {
  const held = host('h', 'provisioning', { online: true, consumerRef });
  const waiting = plan(seen({ self: self({ annotations: bound }), host: held, metadataSecret: {} as never }), testEnv());
  expect(waiting.because?.sentence).toBe('Host metal3/h is provisioning');
  const done = plan(
    seen({ self: self({ annotations: bound }), host: host('h', 'provisioned', { consumerRef }), metadataSecret: {} as never }),
    testEnv(),
  );
  expect(done.because).toBeNull();
  expect(after(done, Metal3Machine, 'm')!.status!.initialization).toEqual({ provisioned: true });
  expect(conditionOf(after(done, Metal3Machine, 'm'), 'Ready')?.status).toBe('True');
});

const going = self({ annotations: bound, deletionTimestamp: '2026-01-01T11:00:00Z' });
const claimed = { consumerRef, image, userData: { name: 'm' }, metaData: { name: 'm-metadata' }, online: true };

test.each<[string, BareMetalHostObject | null, string[], { consumer: boolean; finalizer: boolean }]>([
  [
    'takes the image away and switches off',
    host('h', 'provisioned', claimed),
    ['update BareMetalHost h', 'update Metal3Machine m'],
    { consumer: true, finalizer: true },
  ],
  [
    'does not trust the state before that has been seen',
    host('h', 'available', claimed),
    ['update BareMetalHost h', 'update Metal3Machine m'],
    { consumer: true, finalizer: true },
  ],
  [
    'waits while the host is cleaned',
    host('h', 'deprovisioning', { consumerRef }),
    ['update Metal3Machine m'],
    { consumer: true, finalizer: true },
  ],
  [
    'lets go of a clean host',
    host('h', 'available', { consumerRef }),
    ['update BareMetalHost h', 'update Metal3Machine m'],
    { consumer: false, finalizer: false },
  ],
  ['goes when the host is gone', null, ['update Metal3Machine m'], { consumer: false, finalizer: false }],
  [
    'leaves a host alone that another holds',
    host('h', 'provisioned', { ...claimed, consumerRef: { ...consumerRef, name: 'o' } }),
    ['update Metal3Machine m'],
    { consumer: false, finalizer: false },
  ],
])('deletion %s', (_name, held, actions, left) => {
  const done = plan(seen({ self: going, host: held, pool: null }), testEnv());
  expect(lines(done)).toEqual(actions);
  const freed = after(done, BareMetalHost, 'h');
  if (freed)
    expect([freed.spec.image, freed.spec.online, freed.spec.consumerRef !== undefined]).toEqual([
      undefined,
      false,
      left.consumer,
    ]);
  expect(after(done, Metal3Machine, 'm')!.metadata.finalizers!.includes(METAL3_MACHINE_FINALIZER)).toBe(left.finalizer);
});

test('a paused machine is left alone', () => {
  const done = plan(seen({ cluster: { ...cluster, spec: { ...cluster.spec, paused: true } } }), testEnv());
  expect(lines(done)).toEqual(['update Metal3Machine m']);
  expect(conditionOf(after(done, Metal3Machine, 'm'), 'Paused')?.status).toBe('True');
});

test('a placeholder copied from the template goes when the template is mended', () => {
  const placeholder = self({}, { image: { ...image, checksum: 'sha256:abc123...' } });
  const template = made(Metal3MachineTemplate, 't', { template: { spec: { image } } });
  const done = plan(seen({ self: placeholder, template }), testEnv());
  expect(after(done, BareMetalHost, 'h')!.spec.image?.checksum).toBe(sum);
  expect(after(done, Metal3Machine, 'm')!.spec.image).toEqual(image);
});

test('machines of a pool that wait together are given different hosts, and told of promises', () => {
  const earlier = made(Metal3Machine, 'a', self().spec, undefined, { labels });
  const earlierMachine = made(Machine, 'a', {
    ...machine.spec,
    infrastructureRef: { ...machine.spec.infrastructureRef, name: 'a' },
  });
  const together = (hosts: BareMetalHostObject[]) => {
    const base = seen({}, hosts);
    return plan(
      { ...base, pool: { ...base.pool!, metal3Machines: [earlier, self()], machines: [earlierMachine, machine] } },
      testEnv(),
    );
  };
  expect(lines(together([host('h1', 'available'), host('h2', 'available')]))).toContain('update BareMetalHost h2');
  expect(together([host('h1', 'available')]).because?.sentence).toBe(
    'No host is suitable: 1 promised to another waiting machine (h1)',
  );
  expect(together([host('h1', 'available'), host('h2', 'available')]).expects).toBeUndefined();
});

test('a control plane stands on where its siblings are', () => {
  const controlPlane = { ...labels, 'cluster.x-k8s.io/control-plane': '' };
  const sibling = made(Metal3Machine, 'z', self().spec, undefined, { labels: controlPlane });
  const base = seen({ self: self({ labels: controlPlane }) });
  const done = plan({ ...base, pool: { ...base.pool!, metal3Machines: [sibling, base.self] } }, testEnv());
  expect(done.expects).toEqual([
    {
      ref: { group: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3Machine', namespace: 'clusters', name: 'z' },
      resourceVersion: '1',
    },
  ]);
});
