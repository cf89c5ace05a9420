import { expect, it } from 'vitest';
import type { KubeObject, OwnerReference } from './object.ts';
import { GARBAGE_COLLECTOR, prepare } from './prepare.ts';
import { applyCreate } from './semantics.ts';
import type { Commit } from './store.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const owner = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'X', name: uid, uid });
const stored = (name: string, more: object = {}): KubeObject =>
  applyCreate({ apiVersion: 'v1', kind: 'X', metadata: { name, resourceVersion: '', ...more }, spec: {} }, `uid-${name}`, NOW);

function run(commit: Commit, objects: KubeObject[] = []) {
  const byUid = new Map(objects.map((object) => [object.metadata.uid, object]));
  const prepared = prepare(commit, (uid) => byUid.get(uid), { wakesOf: () => [], newUid: () => 'fresh' }, NOW);
  const collector = prepared.wakes.filter((wake) => wake.reconciler === GARBAGE_COLLECTOR);
  return { ...prepared, collector: collector.map((wake) => ('name' in wake ? wake.name : '')).sort() };
}

it('wakes the collector for an object that goes, and for the owners it leaves', () => {
  const child = stored('child', { ownerReferences: [owner('p'), owner('q')] });
  expect(run({ writes: [{ op: 'delete', was: child }] }, [child]).collector).toEqual(['p', 'q', 'uid-child']);
});

it('wakes the collector for an owner that waits for its dependents, and for a dropped reference', () => {
  const top = stored('top');
  expect(run({ writes: [{ op: 'delete', was: top, propagation: 'Foreground' }] }, [top]).collector).toEqual(['uid-top']);
  const child = stored('child', { ownerReferences: [owner('p'), owner('q')] });
  const object = structuredClone(child);
  object.metadata.ownerReferences = [owner('q')];
  expect(run({ writes: [{ op: 'update', was: child, object }] }, [child]).collector).toEqual(['p']);
});

it('names new owners, so that a store can look for those that are gone', () => {
  const draft = { apiVersion: 'v1', kind: 'X', metadata: { name: 'n', ownerReferences: [owner('p')] } };
  expect(run({ writes: [{ op: 'create', object: draft }] })).toMatchObject({ owners: ['p'], collector: [] });
});

it('says in a conflict what changed and what to do', () => {
  const was = stored('a', {});
  const now = structuredClone(was);
  now.metadata.resourceVersion = '9';
  was.metadata.resourceVersion = '5';
  const update: Commit = { writes: [{ op: 'update', was, object: was }] };
  expect(() => run(update, [now])).toThrow(
    'X a has been modified: version 9, planned from 5. Read it again and repeat the change.',
  );
  expect(() => run(update)).toThrow('X a is gone (it was read at version 5)');
});
