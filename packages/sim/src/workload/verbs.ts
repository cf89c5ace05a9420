/** The verbs: get, list, watch, create, update, patch, delete, and the subresources that are more than a part of their object. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'yaml';
import { ApiError } from './api-error.ts';
import type { SimCluster } from './cluster.ts';
import { evict } from './evict.ts';
import { now, type Obj } from './objects.ts';
import { applyPatch } from './patch.ts';
import { groupVersionOf, type Resource, resourceOf } from './resources.ts';
import { filterOf } from './selectors.ts';
import { tableOf } from './tables.ts';
import { watch } from './watch.ts';

/** What a path names. */
export interface Target {
  resource: Resource;
  /** '' = all, or none for cluster-scoped kinds. */
  namespace: string;
  name: string;
  subresource: string;
}

const MOST_BODY = 4 * 1024 * 1024;

/** Answers one request to a resource. Throws ApiError. */
export async function serveVerb(
  cluster: SimCluster,
  target: Target,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { resource, namespace, name } = target;
  const send = (code: number, object: Obj) =>
    reply(response, code, wantsTable(request) ? tableOf(resource, [object], '') : object);
  switch (request.method) {
    case 'GET':
      if (name === '') return list(cluster, target, url, request, response);
      return send(
        200,
        target.subresource === 'scale' ? scaleOf(find(cluster, target)) : present(cluster, resource, find(cluster, target)),
      );
    case 'POST':
      return create(cluster, target, url, request, response);
    case 'PUT': {
      const body = (await readBody(request)) as Obj;
      return send(200, write(cluster, target, part(target, find(cluster, target), body), url));
    }
    case 'PATCH':
      return patch(cluster, target, url, request, response);
    case 'DELETE': {
      await readBody(request);
      if (name === '') {
        for (const object of selected(cluster, target, url))
          cluster.objects.remove(resource, object.metadata.namespace ?? '', object.metadata.name);
        return reply(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
      }
      find(cluster, target);
      const gone = isDryRun(url) ? find(cluster, target) : cluster.objects.remove(resource, namespace, name);
      const details = { name, kind: resource.plural, uid: gone.metadata.uid };
      return reply(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
    }
    default:
      throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  }
}

function list(cluster: SimCluster, target: Target, url: URL, request: IncomingMessage, response: ServerResponse): void {
  const { resource } = target;
  const filter = filterOf(url.searchParams.get('labelSelector') ?? '', url.searchParams.get('fieldSelector') ?? '');
  if (url.searchParams.get('watch') === 'true' || url.searchParams.get('watch') === '1') {
    const shape = (object: Obj) => {
      const shown = present(cluster, resource, object);
      return wantsTable(request) ? tableOf(resource, [shown], shown.metadata.resourceVersion ?? '') : shown;
    };
    const matches = (object: Obj) =>
      (target.namespace === '' || object.metadata.namespace === target.namespace) && filter(object);
    watch(cluster.objects, resource, { matches, shape, query: url.searchParams }, response);
    return;
  }
  const items = selected(cluster, target, url).map((object) => present(cluster, resource, object));
  const resourceVersion = String(cluster.objects.version());
  const kind = `${resource.kind}List`;
  const whole = { kind, apiVersion: groupVersionOf(resource), metadata: { resourceVersion }, items };
  reply(response, 200, wantsTable(request) ? tableOf(resource, items, resourceVersion) : whole);
}

function selected(cluster: SimCluster, { resource, namespace }: Target, url: URL): Obj[] {
  const filter = filterOf(url.searchParams.get('labelSelector') ?? '', url.searchParams.get('fieldSelector') ?? '');
  return cluster.objects.list(resource, namespace).filter(filter);
}

async function create(cluster: SimCluster, target: Target, url: URL, request: IncomingMessage, response: ServerResponse) {
  const { resource, namespace, name, subresource } = target;
  const body = (await readBody(request)) as Obj;
  if (subresource === 'eviction') {
    if (!isDryRun(url)) evict(cluster, namespace, name);
    return reply(response, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  }
  const object = prepared(cluster, target, body);
  reply(response, 201, isDryRun(url) ? object : cluster.objects.create(resource, object));
}

async function patch(cluster: SimCluster, target: Target, url: URL, request: IncomingMessage, response: ServerResponse) {
  const { resource, namespace, name } = target;
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request);
  const was = cluster.objects.get(resource, namespace, name);
  if (!was && type.startsWith('application/apply-patch+yaml')) {
    const object = prepared(cluster, target, body as Obj);
    return reply(response, 201, isDryRun(url) ? object : cluster.objects.create(resource, object));
  }
  const next = applyPatch(type, find(cluster, target), body);
  reply(response, 200, write(cluster, target, part(target, find(cluster, target), next), url));
}

function write(cluster: SimCluster, target: Target, object: Obj, url: URL): Obj {
  if (isDryRun(url)) return object;
  const written = cluster.objects.replace(target.resource, object);
  return target.subresource === 'scale' ? scaleOf(written) : present(cluster, target.resource, written);
}

/** status is written through its subresource only; the rest never through it. */
function part(target: Target, was: Obj, next: Obj): Obj {
  const own: Obj = {
    ...next,
    metadata: { ...next.metadata, name: target.name, ...(target.namespace ? { namespace: target.namespace } : {}) },
  };
  if (target.subresource === 'status') return { ...was, status: own.status };
  if (target.subresource === 'scale') return { ...was, spec: { ...was.spec, replicas: own.spec?.replicas } };
  return was.status === undefined ? own : { ...own, status: was.status };
}

function prepared(cluster: SimCluster, { resource, namespace, name }: Target, body: Obj): Obj {
  const { metadata } = body;
  const given =
    metadata?.name || name || (metadata?.generateName ? `${metadata.generateName}${Math.random().toString(36).slice(2, 7)}` : '');
  if (!given)
    throw new ApiError(
      422,
      'Invalid',
      `${resource.kind} "" is invalid: metadata.name: Required value: name or generateName is required`,
    );
  const object: Obj = { ...body, metadata: { ...metadata, name: given, ...(resource.namespaced ? { namespace } : {}) } };
  const NAMESPACES = resourceOf('', 'namespaces')!;
  if (resource.namespaced && !cluster.objects.get(NAMESPACES, '', namespace)) throw ApiError.notFound(NAMESPACES, namespace);
  if (resource.plural === 'namespaces') object.status = { phase: 'Active' };
  if (resource.plural === 'secrets' && object.stringData) {
    const encoded = Object.entries(object.stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
    object.data = { ...object.data, ...Object.fromEntries(encoded) };
    delete object.stringData;
  }
  return object;
}

/** autoscaling/v1 Scale. */
function scaleOf({ metadata, spec, status }: Obj): Obj {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion },
    spec: { replicas: spec?.replicas ?? 1 },
    status: { replicas: status?.replicas ?? 0 },
  };
}

/** Node heartbeats are not written every ten seconds, as kubelet does, but shown as of now while the kubelet lives. */
function present(cluster: SimCluster, resource: Resource, object: Obj): Obj {
  if (resource.plural !== 'nodes' || !cluster.kubelets.get(object.metadata.name)?.beats()) return object;
  const conditions = (object.status?.conditions ?? []).map((one: object) => ({ ...one, lastHeartbeatTime: now() }));
  return { ...object, status: { ...object.status, conditions } };
}

function find(cluster: SimCluster, { resource, namespace, name }: Target): Obj {
  const object = cluster.objects.get(resource, namespace, name);
  if (!object) throw ApiError.notFound(resource, name);
  return object;
}

function wantsTable(request: IncomingMessage): boolean {
  return /as=Table/.test(request.headers.accept ?? '');
}

function isDryRun(url: URL): boolean {
  return url.searchParams.get('dryRun') === 'All';
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) throw new ApiError(413, 'RequestEntityTooLarge', 'the body of the request is too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (/protobuf/.test(request.headers['content-type'] ?? ''))
    throw new ApiError(415, 'UnsupportedMediaType', 'protobuf is not read here');
  if (text === '') return {};
  return /yaml/.test(request.headers['content-type'] ?? '') ? parse(text) : JSON.parse(text);
}

function reply(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
