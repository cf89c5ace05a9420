/** For tests: the real door on a memory store that holds a realistic fleet, with one user. */
import { randomUUID } from 'node:crypto';
import { BareMetalHost } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { KINDS } from '@slipway/core/kinds/index.ts';
import { createPipeline } from '@slipway/core/registry/pipeline.ts';
import { createRegistry } from '@slipway/core/registry/registry.ts';
import { createMemoryStore } from '@slipway/core/store/memory/store.ts';
import type { KubeObject } from '@slipway/core/store/object.ts';
import type { Operation, Store } from '@slipway/core/store/store.ts';
import { createAuth, ensureFirstUser } from '../auth/auth.ts';
import { createMemoryAuthRecords } from '../auth/memory.ts';
import { startTrpc } from './server.ts';
import { testClusters } from './test-clusters.ts';
import { testFleet } from './test-fleet.ts';

/** A store with the test fleet of this moment. */
export async function filledStore(now = new Date()): Promise<Store> {
  const store = createMemoryStore({ wakesOf: () => [], secretFields: () => [], newUid: randomUUID });
  const parts = [testFleet(now), testClusters(now)];
  for (const object of parts.flatMap(({ objects }) => objects)) await store.commit({ writes: [{ op: 'create', object }] });
  await store.observe(parts.flatMap(({ observations }) => observations));
  const hosts = await store.list({ group: BareMetalHost.group, kind: BareMetalHost.kind });
  for (const host of hosts.items) await writeImages(store, host, now);
  return store;
}

async function writeImages(store: Store, host: KubeObject, now: Date): Promise<void> {
  const { consumerRef } = host.spec as { consumerRef?: unknown };
  const { provisioning } = host.status as { provisioning: { state: string } };
  if (!consumerRef) return;
  const at = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1000).toISOString();
  const done = provisioning.state === 'provisioned';
  const operation: Operation = {
    id: `${host.metadata.uid}/1/write-image`,
    subject: { group: 'metal3.io', kind: 'BareMetalHost', namespace: host.metadata.namespace ?? '', name: host.metadata.name },
    subjectUid: host.metadata.uid,
    kind: 'agent.writeImage',
    args: {},
    state: done ? 'succeeded' : 'running',
    attempts: 1,
    createdAt: at(1080),
    startedAt: at(1080),
    ...(done ? { finishedAt: at(900) } : {}),
  };
  await store.commit({ operations: [{ from: 'absent', operation: { ...operation, state: 'intended' } }] });
  await store.commit({ operations: [{ from: 'intended', operation }] });
}

/** The door with the test fleet behind it. `password` is that of `admin`. */
export async function startTestDoor(port = 0) {
  const store = await filledStore();
  const records = createMemoryAuthRecords();
  const first = await ensureFirstUser(records);
  const registry = createRegistry(KINDS);
  const errors: unknown[] = [];
  const door = await startTrpc({
    store,
    registry,
    pipeline: createPipeline({ store, registry }),
    auth: createAuth(records),
    port,
    host: '127.0.0.1',
    log: (_line, { error }) => void errors.push(error),
  });
  const close = async () => {
    await door.close();
    await store.close();
  };
  return { store, errors, port: door.port, password: first?.password ?? '', close };
}
