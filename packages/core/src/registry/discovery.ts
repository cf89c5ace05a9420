/** Discovery documents: which groups, versions and resources are served. Nothing is listed that is not served. */
import type { AnyKind } from './define-kind.ts';
import { apiVersionOf, type Registry, servedVersion } from './registry.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

/** `GET /api`: the versions of the core group. */
export function apiVersions() {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `GET /apis`: the named groups. */
export function apiGroupList(registry: Registry) {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: namedGroups(registry).map((group) => groupEntry(registry, group)) };
}

/** `GET /apis/<group>`; undefined where it is not served. */
export function apiGroup(registry: Registry, group: string) {
  if (!namedGroups(registry).includes(group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(registry, group) };
}

/** `GET /api/v1`, `GET /apis/<group>/<version>`; undefined where it is not served. */
export function apiResourceList(registry: Registry, group: string, version: string) {
  const kinds = kindsOf(registry, group, version);
  if (kinds.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(group, version),
    resources: kinds.flatMap((kind) => resourceEntries(kind)),
  };
}

/** Aggregated discovery (apidiscovery.k8s.io/v2 APIGroupDiscoveryList) of the core group or of the named groups. */
export function aggregatedDiscovery(registry: Registry, of: 'core' | 'named') {
  const groups = of === 'core' ? [''] : namedGroups(registry);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group === '' ? null : group, creationTimestamp: null },
      versions: versionsOf(registry, group).map((version) => ({
        version,
        resources: kindsOf(registry, group, version).map((kind) => aggregatedResource(kind, version)),
        freshness: 'Current',
      })),
    })),
  };
}

function namedGroups(registry: Registry): string[] {
  return [...new Set(registry.groupVersions().map(({ group }) => group))].filter((group) => group !== '');
}

function versionsOf(registry: Registry, group: string): string[] {
  return registry
    .groupVersions()
    .filter((candidate) => candidate.group === group)
    .map(({ version }) => version);
}

function kindsOf(registry: Registry, group: string, version: string): AnyKind[] {
  return registry.kinds
    .filter((kind) => kind.group === group && servedVersion(kind, version))
    .sort((a, b) => (a.plural < b.plural ? -1 : 1));
}

function groupEntry(registry: Registry, group: string) {
  const versions = versionsOf(registry, group).map((version) => ({ groupVersion: apiVersionOf(group, version), version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceEntries(kind: AnyKind) {
  const namespaced = kind.scope === 'Namespaced';
  const main = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced,
    kind: kind.kind,
    verbs: ALL_VERBS,
    ...named(kind),
  };
  const status = { name: `${kind.plural}/status`, singularName: '', namespaced, kind: kind.kind, verbs: SUBRESOURCE_VERBS };
  const scale = {
    ...{ name: `${kind.plural}/scale`, singularName: '', namespaced, group: 'autoscaling', version: 'v1', kind: 'Scale' },
    verbs: SUBRESOURCE_VERBS,
  };
  return [main, ...(kind.statusSubresource ? [status] : []), ...(kind.scale ? [scale] : [])];
}

function aggregatedResource(kind: AnyKind, version: string) {
  const responseKind = { group: kind.group, version, kind: kind.kind };
  const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  const subresources = [
    ...(kind.statusSubresource ? [{ subresource: 'status', responseKind, verbs: SUBRESOURCE_VERBS }] : []),
    ...(kind.scale ? [{ subresource: 'scale', responseKind: scaleKind, verbs: SUBRESOURCE_VERBS }] : []),
  ];
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: ALL_VERBS,
    ...named(kind),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

function named(kind: AnyKind) {
  return {
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
  };
}
