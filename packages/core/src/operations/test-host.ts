/** A memory store with one host and its Site and Secret, for tests of operations and collectors. */
import { BareMetalHost, type BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import type { BareMetalHostSpec } from '../kinds/bare-metal-host/spec.ts';
import type { BareMetalHostStatus } from '../kinds/bare-metal-host/status.ts';
import { createMemoryStore } from '../store/memory/store.ts';
import { refKey, refOf } from '../store/object.ts';
import type { Draft, Operation, Store } from '../store/store.ts';

/** What a test has. */
export interface TestHost {
  store: Store;
  host: BareMetalHostObject;
  /** Name and namespace of the host's keys. */
  key: { namespace: string; name: string };
  /** The data of the host's observation of a source. */
  seen: (source: string) => Promise<Record<string, unknown> | undefined>;
  /** Names of reconcilers whose key for this host is waiting; they are taken. */
  woken: () => Promise<string[]>;
  operation: (kind: string, args: object, more?: Partial<Operation>) => Operation;
}

/** Makes it. */
export async function testHost(
  spec: Partial<BareMetalHostSpec> = {},
  status: BareMetalHostStatus = {},
  secret: Record<string, string> = { username: 'admin', password: 'pw' },
): Promise<TestHost> {
  let uids = 0;
  const store = createMemoryStore({ wakesOf: () => [], secretFields: () => [], newUid: () => `uid-${++uids}` });
  const create = async (object: object) =>
    (await store.commit({ writes: [{ op: 'create', object: object as Draft }] })).objects[0];
  const data = Object.fromEntries(Object.entries(secret).map(([name, value]) => [name, btoa(value)]));
  const made = await create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'metal3' }, data });
  await create({
    apiVersion: 'fleet.slipway.dev/v1alpha1',
    kind: 'Site',
    metadata: { name: 'berlin' },
    spec: {
      bmc: { allowedNetworks: ['192.168.1.0/24'] },
      machineURL: 'https://slipway.example.com:6385/',
      proxyURL: 'http://proxy:3128',
      agentImage: { kernelURL: 'https://x/kernel', initrdURL: 'https://x/initrd', kernelArgs: 'nofb' },
      kubeVip: { image: 'kube-vip', interface: 'eth0' },
    },
  });
  const bmc = { address: 'redfish-virtualmedia://192.168.1.10/redfish/v1/Systems/1', credentialsName: 's' };
  const good = { credentials: { name: 's' }, credentialsVersion: made?.metadata.resourceVersion ?? '', address: bmc.address };
  const host = (await create({
    apiVersion: BareMetalHost.apiVersion,
    kind: BareMetalHost.kind,
    metadata: { name: 'host-1', namespace: 'metal3' },
    spec: { online: false, bmc, ...spec },
    status: { goodCredentials: good, ...status },
  })) as BareMetalHostObject;
  const subject = refKey(refOf(host));
  return {
    store,
    host,
    key: { namespace: 'metal3', name: 'host-1' },
    seen: async (source) => (await store.observations(subject)).find((seen) => seen.source === source)?.data as never,
    woken: async () => (await store.queue.claim(100)).map(({ reconciler, name }) => `${reconciler}/${name}`),
    operation: (kind, args, more) => ({
      id: `${host.metadata.uid}/b/x`,
      subject: refOf(host),
      subjectUid: host.metadata.uid,
      kind,
      args: args as never,
      state: 'intended',
      attempts: 0,
      createdAt: '2026-01-01T00:00:00Z',
      ...more,
    }),
  };
}
