/** Every address this server answers, with the permission it needs. A test walks this list. */
import type { AnyKind } from '@slipway/core/registry/define-kind.ts';
import type { Verb } from './authorize.ts';
import type { Call, ResourceCall } from './call.ts';
import { create } from './create.ts';
import { remove, removeCollection } from './delete.ts';
import { coreVersions, group, groups, resources } from './discovery.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { openApiDocument, openApiIndex } from './openapi.ts';
import { patch, patchStatus } from './patch.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { update, updateStatus } from './update.ts';
import { live, ready, version } from './version.ts';
import { watch } from './watch.ts';

/** A route on the objects of any kind. The permission is `verb` on the resource that the address names. */
export interface ResourceRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  at: 'collection' | 'object' | 'status' | 'scale';
  /** Streams until somebody ends it: no time limit for the answer. */
  streams?: boolean;
  permission: { verb: Verb; resource: 'the one addressed' };
  handle: (call: ResourceCall) => Promise<void>;
}

/** A route on a document. */
export interface PathRoute {
  method: 'GET';
  path: RegExp;
  /** `anonymous` needs no user; `discovery` a known user who may look around. */
  permission: 'anonymous' | 'discovery';
  handle: (call: Call) => Promise<void>;
}

function on(
  method: ResourceRoute['method'],
  at: ResourceRoute['at'],
  verb: Verb,
  handle: ResourceRoute['handle'],
  streams = false,
): ResourceRoute {
  return { method, at, streams, permission: { verb, resource: 'the one addressed' }, handle };
}

/** Routes on objects. Of two for one method and place, `streams` is the one for `?watch`. */
export const RESOURCE_ROUTES: readonly ResourceRoute[] = [
  on('GET', 'collection', 'list', list),
  on('GET', 'collection', 'watch', watch, true),
  on('POST', 'collection', 'create', create),
  on('DELETE', 'collection', 'deletecollection', removeCollection),
  on('GET', 'object', 'get', get),
  on('PUT', 'object', 'update', update),
  on('PATCH', 'object', 'patch', patch),
  on('DELETE', 'object', 'delete', remove),
  on('GET', 'status', 'get', get),
  on('PUT', 'status', 'update', updateStatus),
  on('PATCH', 'status', 'patch', patchStatus),
  on('GET', 'scale', 'get', getScale),
  on('PUT', 'scale', 'update', updateScale),
  on('PATCH', 'scale', 'patch', patchScale),
];

/** Routes on documents. */
export const PATH_ROUTES: readonly PathRoute[] = [
  { method: 'GET', path: /^\/version\/?$/, permission: 'anonymous', handle: version },
  { method: 'GET', path: /^\/(healthz|livez)$/, permission: 'anonymous', handle: live },
  { method: 'GET', path: /^\/readyz$/, permission: 'anonymous', handle: ready },
  { method: 'GET', path: /^\/api\/?$/, permission: 'discovery', handle: coreVersions },
  { method: 'GET', path: /^\/apis\/?$/, permission: 'discovery', handle: groups },
  { method: 'GET', path: /^\/api\/[^/]+\/?$/, permission: 'discovery', handle: resources },
  { method: 'GET', path: /^\/apis\/[^/]+$/, permission: 'discovery', handle: group },
  { method: 'GET', path: /^\/apis\/[^/]+\/[^/]+$/, permission: 'discovery', handle: resources },
  { method: 'GET', path: /^\/openapi\/v3\/?$/, permission: 'discovery', handle: openApiIndex },
  { method: 'GET', path: /^\/openapi\/v3\/.+$/, permission: 'discovery', handle: openApiDocument },
];

/** All routes, for the test that each has a permission. */
export const ROUTES: readonly (ResourceRoute | PathRoute)[] = [...RESOURCE_ROUTES, ...PATH_ROUTES];

/** What an address names. */
export interface Address {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name: string;
  subresource: string;
}

/** Reads an address of objects; undefined where it is none. */
export function addressOf(pathname: string): Address | undefined {
  const parts = decoded(pathname);
  if (!parts) return undefined;
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const [group = '', version = ''] = core ? ['', parts[1]] : [parts[1], parts[2]];
  const rest = parts.slice(core ? 2 : 3);
  // /namespaces/x/status is about the Namespace itself, /namespaces/x/secrets about what is in it.
  const inNamespace = rest[0] === 'namespaces' && rest.length >= 3 && !(core && rest[2] === 'status' && rest.length === 3);
  const [resource, name = '', subresource = '', ...more] = inNamespace ? rest.slice(2) : rest;
  if (!resource || more.length > 0) return undefined;
  return { group, version, resource, name, subresource, ...(inNamespace ? { namespace: rest[1] } : {}) };
}

function decoded(pathname: string): string[] | undefined {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** The route for a method at an address; undefined where the kind has no such place, 'method' where only the method is wrong. */
export function routeOf(kind: AnyKind, address: Address, method: string, isWatch: boolean): ResourceRoute | 'method' | undefined {
  const at = placeOf(kind, address);
  if (!at) return undefined;
  const here = RESOURCE_ROUTES.filter((route) => route.at === at && route.method === method);
  return here.find((route) => (route.streams ?? false) === (isWatch && at === 'collection')) ?? 'method';
}

function placeOf(kind: AnyKind, { name, namespace, subresource }: Address): ResourceRoute['at'] | undefined {
  if (kind.scope === 'Cluster' && namespace !== undefined) return undefined;
  if (kind.scope === 'Namespaced' && namespace === undefined && name !== '') return undefined;
  if (subresource === '') return name === '' ? 'collection' : 'object';
  if (subresource === 'status' && kind.statusSubresource) return 'status';
  return subresource === 'scale' && kind.scale ? 'scale' : undefined;
}
