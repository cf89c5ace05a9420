/** The pipeline as the console uses it; what kubectl sees of it is tested in apps/api. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { Event } from '../kinds/event/kind.ts';
import { Namespace } from '../kinds/namespace/kind.ts';
import { Secret } from '../kinds/secret/kind.ts';
import { createMemoryStore } from '../store/memory/store.ts';
import type { Store } from '../store/store.ts';
import { createPipeline } from './pipeline.ts';
import type { Pipeline } from './pipeline-types.ts';
import { createRegistry } from './registry.ts';
import { Widget } from './testing/widget.ts';

const by = { user: { name: 'ann', groups: [] } };
const place = { kind: Widget, namespace: 'lab' };

let store: Store;
let pipeline: Pipeline;

beforeEach(async () => {
  store = createMemoryStore({ wakesOf: () => [], secretFields: () => [], newUid: () => crypto.randomUUID() });
  pipeline = createPipeline({ store, registry: createRegistry([Namespace, Secret, Event, Widget]) });
  await pipeline.create({ kind: Namespace }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } }, by);
});

function widget(name: string, spec: object = {}, more: object = {}) {
  return { apiVersion: 'test.slipway.dev/v1beta2', kind: 'Widget', metadata: { name }, spec, ...more };
}

/** What a write was refused with. */
async function refusal(write: Promise<unknown>): Promise<AppError> {
  const error = await write.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('create', () => {
  it('is strict unless told otherwise, fills in defaults, and drops a status', async () => {
    expect(await refusal(pipeline.create(place, widget('a', { foo: 1 }), by))).toMatchObject({
      code: 'badRequest',
      causes: [{ field: 'spec.foo' }],
    });
    const { object, warnings } = await pipeline.create(place, widget('a', { foo: 1 }, { status: { replicas: 7 } }), {
      ...by,
      fieldValidation: 'Warn',
    });
    expect([object.spec, object.status, warnings]).toEqual([{ replicas: 1 }, undefined, ['unknown field "spec.foo"']]);
    expect(object.metadata.managedFields).toMatchObject([{ manager: 'ann', operation: 'Update' }]);
  });

  it('needs a namespace that is there and stays', async () => {
    expect((await refusal(pipeline.create({ ...place, namespace: 'none' }, widget('a'), by))).message).toBe(
      'namespaces "none" not found',
    );
    await pipeline.delete({ kind: Namespace, name: 'lab' }, by);
    expect(await refusal(pipeline.create(place, widget('a'), by))).toMatchObject({ code: 'forbidden' });
  });

  it('refuses a body that brings a version, and stores nothing of a refused one', async () => {
    const body = { ...widget('a'), metadata: { name: 'a', resourceVersion: '1' } };
    expect((await refusal(pipeline.create(place, body, by))).message).toContain('resourceVersion should not be set');
    expect((await pipeline.list(place, by)).items).toEqual([]);
  });
});

describe('secrets', () => {
  const secrets = { kind: Secret, namespace: 'lab' };
  const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { password: 'hunter2' } };

  it('show their content only where the caller reveals it', async () => {
    const { object } = await pipeline.create(secrets, body, by);
    expect(object).not.toHaveProperty('data');
    const target = { ...secrets, name: 's' };
    expect(await pipeline.get(target, by)).not.toHaveProperty('data');
    expect(JSON.stringify((await pipeline.list(secrets, by)).items)).not.toContain('aHVudGVyMg');
    expect(await pipeline.get(target, { ...by, revealSecrets: true })).toHaveProperty('data.password', 'aHVudGVyMg==');
  });

  it('keep their content through a patch by one who does not see it', async () => {
    await pipeline.create(secrets, body, by);
    const target = { ...secrets, name: 's' };
    await pipeline.patch(target, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } }, by);
    expect(await pipeline.get(target, { ...by, revealSecrets: true })).toHaveProperty('data.password', 'aHVudGVyMg==');
  });
});

describe('changes', () => {
  it('do not conflict with each other unless they name a version', async () => {
    const { object } = await pipeline.create(place, widget('a'), by);
    const target = { ...place, name: 'a' };
    const tag = (size: number) =>
      pipeline.patch(target, { type: 'merge', body: { metadata: { labels: { [`l${size}`]: 'x' } } } }, by);
    await Promise.all([1, 2, 3, 4].map(tag));
    expect(Object.keys((await pipeline.get(target, by)).metadata.labels!)).toHaveLength(4);
    expect(await refusal(pipeline.update(target, object, by))).toMatchObject({ code: 'conflict' });
  });

  it('that change nothing write nothing', async () => {
    const { object } = await pipeline.create(place, widget('a'), by);
    const again = await pipeline.update({ ...place, name: 'a' }, object, by);
    expect(again.object.metadata.resourceVersion).toBe(object.metadata.resourceVersion);
  });

  it('tried without storing show what they would do', async () => {
    await pipeline.create(place, widget('a'), by);
    const patch = { type: 'merge', body: { spec: { replicas: 3 } } } as const;
    const { object } = await pipeline.patch({ ...place, name: 'a' }, patch, { ...by, dryRun: true });
    expect([object.spec, object.metadata.generation]).toEqual([{ replicas: 3 }, 2]);
    expect((await pipeline.get({ ...place, name: 'a' }, by)).spec).toEqual({ replicas: 1 });
  });

  it('of status touch the status alone', async () => {
    await pipeline.create(place, widget('a'), by);
    const { object } = await pipeline.updateStatus(
      { ...place, name: 'a' },
      widget('a', { replicas: 99 }, { status: { replicas: 1 } }),
      by,
    );
    expect([object.spec, object.status, object.metadata.generation]).toEqual([{ replicas: 1 }, { replicas: 1 }, 1]);
    expect(object.metadata.managedFields!.at(-1)).toMatchObject({ subresource: 'status' });
  });
});

describe('scale', () => {
  it('obeys the rules of the kind, and names itself in managedFields', async () => {
    await pipeline.create(place, widget('a'), by);
    const target = { ...place, name: 'a' };
    const scale = (replicas: unknown) => pipeline.patchScale(target, { type: 'merge', body: { spec: { replicas } } }, by);
    expect((await scale(3)).scale.spec.replicas).toBe(3);
    expect(await refusal(scale(2))).toMatchObject({ code: 'invalid', causes: [{ field: 'spec.replicas' }] });
    expect(await refusal(scale(-1))).toMatchObject({ code: 'invalid' });
    expect(await refusal(pipeline.getScale({ kind: Secret, namespace: 'lab', name: 's' }, by))).toMatchObject({
      code: 'notFound',
    });
    expect((await pipeline.get(target, by)).metadata.managedFields!.at(-1)).toMatchObject({ subresource: 'scale' });
  });
});

describe('lists and watches', () => {
  it('fill their pages with what a field selector finds', async () => {
    for (let index = 0; index < 30; index++) {
      const involvedObject = { kind: 'Widget', name: index % 3 === 0 ? 'a' : 'b', namespace: 'lab' };
      await pipeline.create(
        { kind: Event, namespace: 'lab' },
        { apiVersion: 'v1', kind: 'Event', metadata: { name: `e${index}` }, involvedObject },
        by,
      );
    }
    const fields = [{ field: 'involvedObject.name', op: '=' as const, value: 'a' }];
    const page = await pipeline.list({ kind: Event, namespace: 'lab' }, { ...by, fields, limit: 4 });
    expect(page.items).toHaveLength(4);
    const rest = await pipeline.list({ kind: Event, namespace: 'lab' }, { ...by, fields, limit: 50, continue: page.continue });
    expect(rest.items).toHaveLength(6);
  });

  it('see what leaves a field selector as deleted', async () => {
    const stop = new AbortController();
    const secrets = { kind: Secret, namespace: 'lab' };
    const fields = [{ field: 'type', op: '=' as const, value: 'Opaque' }];
    const watching = pipeline.watch(secrets, { ...by, fields, resourceVersion: await store.head(), signal: stop.signal });
    await pipeline.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'aGk=' } }, by);
    const was = await store.get({ group: '', kind: 'Secret', namespace: 'lab', name: 's' });
    await store.commit({ writes: [{ op: 'update', was: was!, object: { ...was!, type: 'other' } as typeof was & object }] });
    const seen: unknown[] = [];
    for await (const event of watching) {
      seen.push(event.type, 'object' in event && 'data' in event.object);
      if (seen.length === 4) stop.abort();
    }
    expect(seen).toEqual(['ADDED', false, 'DELETED', false]);
  });
});
