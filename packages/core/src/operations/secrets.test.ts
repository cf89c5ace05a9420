import { beforeEach, expect, test } from 'vitest';
import type { EnsureSecret } from '../runtime/actions.ts';
import { INPUTS_DIGEST } from '../runtime/reader.ts';
import { createMemoryStore } from '../store/memory/store.ts';
import { fields, type KubeObject } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { createSecretMaker, readSecret } from './secrets.ts';

let store: Store;
let owner: KubeObject;

beforeEach(async () => {
  let count = 0;
  store = createMemoryStore({ wakesOf: () => [], secretFields: () => ['data'], newUid: () => `uid-${count++}` });
  const draft = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner', namespace: 'clusters' } };
  owner = (await store.commit({ writes: [{ op: 'create', object: draft }] })).objects[0]!;
});

function maker() {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return createSecretMaker({ store, now: () => new Date('2026-11-23T00:00:00Z'), random });
}

function ask(recipe: string, inputs: Record<string, unknown> = {}, name = 'production-ca'): EnsureSecret {
  return { do: 'ensureSecret', secret: { namespace: 'clusters', name }, recipe, inputs, owner, labels: { a: 'b' } };
}

const stored = (name = 'production-ca') => store.get({ group: '', kind: 'Secret', namespace: 'clusters', name });

test('makes a Secret once, with owner, label and digest', async () => {
  expect(await maker().ensureSecret(ask('cluster-ca'))).toBe('made');
  const first = await stored();
  expect(first!.metadata).toMatchObject({ labels: { a: 'b' }, ownerReferences: [{ name: 'owner', controller: true }] });
  expect(first!.metadata.annotations?.[INPUTS_DIGEST]).toMatch(/^[0-9a-f]{32}$/);
  expect(fields(first!).type).toBe('cluster.x-k8s.io/secret');
  expect(await maker().ensureSecret(ask('cluster-ca', { other: 1 }))).toBe('kept');
  expect((await stored())!.metadata.resourceVersion).toBe(first!.metadata.resourceVersion);
});

test('a recipe that follows its inputs makes it again, whatever the order of keys', async () => {
  const inputs = { name: 'n', providerid: 'a/b/c' };
  expect(await maker().ensureSecret(ask('metadata', inputs, 'm'))).toBe('made');
  expect(await maker().ensureSecret(ask('metadata', { providerid: 'a/b/c', name: 'n' }, 'm'))).toBe('kept');
  expect(await maker().ensureSecret(ask('metadata', { ...inputs, providerid: 'a/x/c' }, 'm'))).toBe('made');
  expect(JSON.parse((await readSecret(store, 'clusters', 'm'))!.metaData!).providerid).toBe('a/x/c');
});

test("a person's own Secret is kept", async () => {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'm', namespace: 'clusters' }, data: { metaData: 'e30=' } };
  await store.commit({ writes: [{ op: 'create', object }] });
  expect(await maker().ensureSecret(ask('metadata', { name: 'n', providerid: 'x' }, 'm'))).toBe('kept');
});

test('several at once leave one Secret', async () => {
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => maker().ensureSecret(ask('cluster-ca'))));
  expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1);
});

test('an unknown recipe is a mistake of ours', async () => {
  await expect(maker().ensureSecret(ask('no-such'))).rejects.toThrow(/no recipe no-such/);
});
