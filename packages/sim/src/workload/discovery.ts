/** Discovery: what kubectl and client-go ask first. */
import { ApiError } from './api-error.ts';
import { groupVersionOf, RESOURCES, type Resource } from './resources.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Subresources whose body is another kind. */
const FOREIGN: Record<string, { group: string; version: string; kind: string }> = {
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
};

/** Answers a discovery path; undefined if it is none. Throws ApiError 404 for groups that are not served. */
export function discover(path: string, version: string): unknown {
  if (path === '/version') return versionInfo(version);
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() };
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)(?:\/([^/]+))?)\/?$/.exec(path);
  if (!match) return undefined;
  const [, core, group = '', groupVersion] = match;
  if (!core && !groupVersion) return groups().find((one) => one.name === group) ?? notFound();
  const resources = RESOURCES.filter((one) => (core ? one.group === '' : one.group === group && one.version === groupVersion));
  if (resources.length === 0) return notFound();
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersionOf(resources[0]!),
    resources: resources.flatMap(describe),
  };
}

function notFound(): never {
  throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
}

function describe(resource: Resource) {
  const { plural, kind, namespaced, shortNames, subresources } = resource;
  const own = {
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: VERBS,
    ...(shortNames.length ? { shortNames } : {}),
  };
  const subs = subresources.map((sub) => {
    const foreign = FOREIGN[sub] ?? { kind };
    return {
      name: `${plural}/${sub}`,
      singularName: '',
      namespaced,
      ...foreign,
      verbs: sub === 'eviction' ? ['create'] : ['get', 'patch', 'update'],
    };
  });
  return [own, ...subs];
}

function groups() {
  const named = [...new Map(RESOURCES.filter((one) => one.group !== '').map((one) => [one.group, one])).values()];
  return named.map((one) => {
    const version = { groupVersion: groupVersionOf(one), version: one.version };
    return { name: one.group, versions: [version], preferredVersion: version };
  });
}

function versionInfo(version: string) {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return {
    major,
    minor,
    gitVersion: version,
    gitCommit: '0'.repeat(40),
    gitTreeState: 'clean',
    buildDate: '2025-01-01T00:00:00Z',
    goVersion: 'go1.23',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
