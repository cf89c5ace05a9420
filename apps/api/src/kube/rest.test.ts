/** The API as other clients than kubectl see it: who gets in, watches, pages, forms, refusals. */

import { makeCa, makeLeaf } from '@slipway/core/bootstrap/pki.ts';
import { ConfigMap } from '@slipway/core/kinds/config-map/kind.ts';
import { Event } from '@slipway/core/kinds/event/kind.ts';
import { Namespace } from '@slipway/core/kinds/namespace/kind.ts';
import { Secret } from '@slipway/core/kinds/secret/kind.ts';
import { Widget } from '@slipway/core/registry/testing/widget.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from './body.ts';
import { EVENTS_KEPT, type Harness, startHarness } from './kubectl-harness.ts';
import { type Rest, restClient } from './rest-harness.ts';
import { ROUTES } from './routes.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const WIDGETS = '/apis/test.slipway.dev/v1beta2/namespaces/default/widgets';

let api: Harness;
let admin: Rest;

beforeAll(async () => {
  api = await startHarness([Namespace, Secret, ConfigMap, Event, Widget], ['default'], {
    authenticateToken: async (token) => (token === 'good' ? { name: 'bot', groups: ['system:masters'] } : null),
  });
  admin = await clientOf('admin', ['system:masters']);
});
afterAll(() => api.close());

async function clientOf(name: string, groups: string[]): Promise<Rest> {
  const { certificate: cert, key } = await api.certificates.issueClient(name, groups, 1);
  return restClient(api.port, { ca: api.certificates.ca, cert, key });
}

function map(name: string, more: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: { k: 'v' } };
}

function widget(name: string, spec: object) {
  return { apiVersion: 'test.slipway.dev/v1beta2', kind: 'Widget', metadata: { name }, spec };
}

describe('who gets in', () => {
  it('every route has a permission', () => {
    for (const route of ROUTES) expect(route.permission, JSON.stringify(route)).toBeTruthy();
    const open = ROUTES.flatMap((route) => ('path' in route && route.permission === 'anonymous' ? [String(route.path)] : []));
    expect(open).toEqual([String.raw`/^\/version\/?$/`, String.raw`/^\/(healthz|livez)$/`, String.raw`/^\/readyz$/`]);
  });

  it('nobody without a certificate or token, but to the open addresses', async () => {
    const nobody = restClient(api.port, { ca: api.certificates.ca });
    for (const path of ['/version', '/healthz', '/livez', '/readyz']) expect((await nobody('GET', path)).code, path).toBe(200);
    for (const path of ['/api', '/apis', '/api/v1', '/openapi/v3', MAPS, '/nothing']) {
      expect(await nobody('GET', path), path).toMatchObject({ code: 401, body: { kind: 'Status', reason: 'Unauthorized' } });
    }
  });

  it('nobody with a certificate of another CA, or with one that is for servers', async () => {
    const other = await makeCa('slipway', new Date());
    const forged = await makeLeaf(
      other,
      { commonName: 'admin', organizations: ['system:masters'], usages: ['client'], days: 1 },
      new Date(),
    );
    const { ca, cert, key } = api.certificates;
    expect((await restClient(api.port, { ca, cert: forged.certificate, key: forged.key })('GET', MAPS)).code).toBe(401);
    expect((await restClient(api.port, { ca, cert, key })('GET', MAPS)).code).toBe(401);
  });

  it('users who are no admins see nothing', async () => {
    const eve = await clientOf('eve', ['people']);
    expect((await eve('GET', '/apis')).code).toBe(403);
    const { code, body } = await eve('GET', `${MAPS}/a`);
    expect([code, body.reason]).toEqual([403, 'Forbidden']);
    expect(body.message).toBe(
      'configmaps "a" is forbidden: User "eve" cannot get resource "configmaps" in API group "" in the namespace "default"',
    );
  });

  it('tokens by the hook; a bad one is not made good by a certificate', async () => {
    const nobody = restClient(api.port, { ca: api.certificates.ca });
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await nobody('GET', MAPS, bearer('good'))).code).toBe(200);
    expect((await nobody('GET', MAPS, bearer('bad'))).code).toBe(401);
    expect((await admin('GET', MAPS, bearer('bad'))).code).toBe(401);
  });
});

describe('refusals are Statuses', () => {
  it.each([
    ['GET', '/nothing', 404, 'NotFound'],
    ['GET', '/apis/apps/v1/deployments', 404, 'NotFound'],
    ['GET', `${WIDGETS}/a/log`, 404, 'NotFound'],
    ['GET', `${MAPS}/a/scale`, 404, 'NotFound'],
    ['GET', '/api/v1/configmaps/a', 404, 'NotFound'],
    ['GET', '/api/v1/namespaces/default/%zz', 404, 'NotFound'],
    ['POST', `${MAPS}/a`, 405, 'MethodNotAllowed'],
    ['GET', `${MAPS}?labelSelector=a in x`.replaceAll(' ', '%20'), 400, 'BadRequest'],
    ['GET', `${MAPS}?limit=many`, 400, 'BadRequest'],
    ['GET', `${MAPS}?resourceVersion=x`, 400, 'BadRequest'],
    ['GET', `${MAPS}?resourceVersion=999999`, 504, 'Timeout'],
    ['GET', `${MAPS}?resourceVersionMatch=Exact`, 400, 'BadRequest'],
    ['GET', `${MAPS}?watch=1&sendInitialEvents=true`, 422, 'Invalid'],
  ])('%s %s is %d', async (method, path, code, reason) => {
    expect(await admin(method, path)).toMatchObject({ code, body: { kind: 'Status', status: 'Failure', reason, code } });
  });

  it('names unknown fields and broken rules in the causes, and stores nothing', async () => {
    const strict = await admin('POST', `${WIDGETS}?fieldValidation=Strict`, { body: widget('bad', { foo: 1 }) });
    expect([strict.code, strict.body.message]).toEqual([
      400,
      expect.stringContaining('strict decoding error: unknown field "spec.foo"'),
    ]);
    expect(strict.body.details).toMatchObject({ causes: [{ field: 'spec.foo' }] });
    const even = await admin('POST', WIDGETS, { body: widget('bad', { replicas: 2 }) });
    expect(even.body).toMatchObject({
      code: 422,
      details: { kind: 'Widget', name: 'bad', causes: [{ reason: 'FieldValueInvalid', field: 'spec.replicas' }] },
    });
    expect((await admin('GET', `${WIDGETS}/bad`)).code).toBe(404);
  });

  it('bodies: too large, of a wrong kind, unreadable', async () => {
    const post = (body: unknown, type = 'application/json') => admin('POST', MAPS, { body, headers: { 'content-type': type } });
    expect((await post('x'.repeat(MAX_BODY_BYTES + 1))).code).toBe(413);
    expect((await post('x'.repeat(4 * MAX_BODY_BYTES))).code).toBe(413);
    expect((await post('{"a":')).code).toBe(400);
    expect((await post('[]')).code).toBe(400);
    expect((await post('a: [b', 'application/yaml')).code).toBe(400);
    expect((await post('kind: ConfigMap\nkind: Secret\n', 'application/yaml')).body.message).toContain('no valid YAML');
    expect((await post('x', 'text/plain')).code).toBe(415);
    expect((await post(widget('a', {}))).body.message).toContain('this address takes v1, Kind=ConfigMap');
    expect((await post(map('a', { namespace: 'other' }))).body.message).toContain('does not match the namespace');
    expect((await post('['.repeat(100_000))).code).toBe(400);
    expect((await post(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).body.message).toContain('nests deeper');
    expect((await post('{}', 'application/vnd.kubernetes.protobuf')).code).toBe(400);
    expect((await admin('GET', MAPS, { headers: { accept: 'text/html' } })).code).toBe(406);
  });

  it('a secret never comes back in an error', async () => {
    const data = { password: 'not base64: hunter2' };
    const { code, text } = await admin('POST', '/api/v1/namespaces/default/secrets', {
      body: { ...map('s'), kind: 'Secret', data },
    });
    expect([code, text.includes('hunter2'), text.includes('data[password]')]).toEqual([422, false, true]);
  });
});

describe('lists', () => {
  it('come in pages of one version', async () => {
    for (const name of ['p1', 'p2', 'p3']) await admin('POST', MAPS, { body: map(name, { labels: { page: '1' } }) });
    const first = await admin('GET', `${MAPS}?labelSelector=page&limit=2`);
    expect(first.body.items).toHaveLength(2);
    const token = encodeURIComponent(String(first.body.metadata!.continue));
    const second = await admin('GET', `${MAPS}?labelSelector=page&limit=2&continue=${token}`);
    expect(second.body.items).toHaveLength(1);
    expect(second.body.metadata).toMatchObject({ resourceVersion: first.body.metadata!.resourceVersion });
    expect(second.body.metadata).not.toHaveProperty('continue');
  });

  it('as metadata alone, for one and for many', async () => {
    const accept = (as: string) => ({ headers: { accept: `application/json;as=${as};g=meta.k8s.io;v=v1` } });
    const many = await admin('GET', `${MAPS}?labelSelector=page`, accept('PartialObjectMetadataList'));
    expect(many.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata' }, {}, {}] });
    expect(many.text).not.toContain('"data"');
    expect((await admin('GET', `${MAPS}/p1`, accept('PartialObjectMetadata'))).body.kind).toBe('PartialObjectMetadata');
  });
});

describe('watches', () => {
  it('send what is there and then its end, when asked for initial events', async () => {
    const path = `${MAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=page`;
    const events = await admin.watch(path, (seen) => seen.some(({ type }) => type === 'BOOKMARK'));
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
    expect(events[3]!.object).toMatchObject({
      kind: 'ConfigMap',
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });

  it('go on from a version, and tell what was deleted and when', async () => {
    const created = await admin('POST', MAPS, { body: map('watched') });
    const from = String(created.body.metadata!.resourceVersion);
    await admin('DELETE', `${MAPS}/watched`);
    const events = await admin.watch(`${MAPS}?watch=1&resourceVersion=${from}`, (seen) => seen.length > 0);
    expect(events[0]).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'watched' } } });
    expect(Number(events[0]!.object.metadata.resourceVersion)).toBeGreaterThan(Number(from));
  });

  it('end when their time is over', async () => {
    expect(await admin.watch(`${MAPS}?watch=1&timeoutSeconds=1&resourceVersion=${await api.store.head()}`, () => false)).toEqual(
      [],
    );
  });

  it('say Expired when the log no longer goes back that far', async () => {
    for (let index = 0; index <= 2 * EVENTS_KEPT; index++)
      await api.pipeline.create({ kind: ConfigMap, namespace: 'default' }, map(`many${index}`), {
        user: { name: 't', groups: [] },
      });
    const [event] = await admin.watch(`${MAPS}?watch=1&resourceVersion=1`, (seen) => seen.length > 0);
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  });
});

describe('writes', () => {
  it('take YAML, make names, and try without storing', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {k: v}\n';
    expect((await admin('POST', MAPS, { body: yaml, headers: { 'content-type': 'application/yaml' } })).code).toBe(201);
    const { kind: _kind, apiVersion: _version, ...untyped } = map('untyped');
    expect((await admin('POST', MAPS, { body: untyped })).body).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
    expect((await admin('POST', WIDGETS, { body: untyped })).code).toBe(400);
    const generated = await admin('POST', MAPS, { body: map('', { generateName: 'made-' }) });
    expect(generated.body.metadata!.name).toMatch(/^made-[a-z0-9]{5}$/);
    expect((await admin('POST', `${MAPS}?dryRun=All`, { body: map('tried') })).code).toBe(201);
    expect((await admin('GET', `${MAPS}/tried`)).code).toBe(404);
    expect((await admin('POST', `${MAPS}?dryRun=Some`, { body: map('tried') })).code).toBe(400);
    expect((await admin('POST', MAPS, { body: map('yaml') })).body).toMatchObject({ code: 409, reason: 'AlreadyExists' });
  });

  it('conflict on a version that is not the newest, and merge with others on none', async () => {
    const { body } = await admin('POST', MAPS, { body: map('locked') });
    const stale = { ...map('locked'), metadata: { name: 'locked', resourceVersion: '1' } };
    expect((await admin('PUT', `${MAPS}/locked`, { body: stale })).body).toMatchObject({ code: 409, reason: 'Conflict' });
    const patch = (key: string) =>
      admin('PATCH', `${MAPS}/locked`, {
        body: { data: { [key]: '1' } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(patch));
    expect(answers.map(({ code }) => code)).toEqual([200, 200, 200, 200]);
    expect((await admin('GET', `${MAPS}/locked`)).body.data).toEqual({ k: 'v', a: '1', b: '1', c: '1', d: '1' });
    expect(body.metadata!.generation).toBe(1);
  });

  it('delete a collection by selector', async () => {
    await admin('POST', MAPS, { body: map('gone1', { labels: { gone: '1' } }) });
    await admin('POST', MAPS, { body: map('gone2', { labels: { gone: '1' } }) });
    expect((await admin('DELETE', `${MAPS}?labelSelector=gone`)).body.items).toHaveLength(2);
    expect((await admin('GET', `${MAPS}?labelSelector=gone`)).body.items).toEqual([]);
    expect((await admin('GET', `${MAPS}/locked`)).code).toBe(200);
  });

  it('delete under preconditions', async () => {
    await admin('POST', MAPS, { body: map('sure') });
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'another' } };
    expect((await admin('DELETE', `${MAPS}/sure`, { body })).body).toMatchObject({ code: 409, reason: 'Conflict' });
    expect((await admin('DELETE', `${MAPS}/sure?propagationPolicy=Sideways`)).code).toBe(400);
    expect((await admin('DELETE', `${MAPS}/sure?dryRun=All`)).code).toBe(200);
    expect((await admin('DELETE', `${MAPS}/sure?propagationPolicy=Foreground`)).code).toBe(200);
  });
});
