import { randomUUID } from 'node:crypto';
import { BareMetalHost } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { createMemoryStore } from '@slipway/core/store/memory/store.ts';
import type { Store } from '@slipway/core/store/store.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LiveMessage, liveMessages } from './live.ts';

const timing = { beatMs: 40, gatherMs: 5 };
let store: Store;
let stop: AbortController;
beforeEach(() => {
  store = createMemoryStore({ wakesOf: () => [], secretFields: () => [], newUid: randomUUID, eventRetention: 5 });
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await store.close();
});

const open = (from?: string, allowed = async () => true) => liveMessages(store, { from, signal: stop.signal, allowed, timing });

async function next(stream: ReturnType<typeof open>, type: LiveMessage['type']) {
  for await (const one of { [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) })
    if (one.message.type === type) return one;
  throw new Error('the stream ended');
}

async function create(name: string) {
  const object = {
    apiVersion: BareMetalHost.apiVersion,
    kind: 'BareMetalHost',
    metadata: { name, namespace: 'metal3' },
    spec: { online: true },
  };
  await store.commit({ writes: [{ op: 'create', object }] });
}

test('begins with a snapshot, beats while nothing happens, and names what changed', async () => {
  const stream = open();
  expect((await stream.next()).value?.message.type).toBe('snapshot');
  await next(stream, 'beat');
  await create('a');
  await store.observe([
    { subject: 'metal3.io/BareMetalHost/metal3/a', source: 'power', data: { on: true }, seenAt: new Date().toISOString() },
  ]);
  const seen = new Set<string>();
  while (seen.size < 2) {
    const { message } = await next(stream, 'changes');
    if (message.type !== 'changes') continue;
    for (const { kind, name } of message.objects) seen.add(`${kind}/${name}`);
    for (const { source } of message.observations) seen.add(source);
  }
  expect([...seen].sort()).toEqual(['BareMetalHost/a', 'power']);
});

test('resumes where the tab was, without a snapshot', async () => {
  await create('a');
  const from = await store.head();
  await create('b');
  const { id, message } = await next(open(from), 'changes');
  expect(message).toMatchObject({ objects: [{ name: 'b' }] });
  expect(id).toBe(await store.head());
});

test('a tab that was away for too long starts anew', async () => {
  for (let n = 0; n < 30; n++) await create(`h${n}`);
  expect((await open('1').next()).value?.message.type).toBe('snapshot');
});

test('ends with the session', async () => {
  const stream = open(undefined, async () => false);
  await stream.next();
  await expect(stream.next()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});
