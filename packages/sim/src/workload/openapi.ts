/**
 * OpenAPI v3, just enough for kubectl apply: each kind exists, takes any fields, and its PATCH has a `fieldValidation` parameter, so
 * that kubectl leaves validation to the server.
 */
import { groupVersionOf, RESOURCES, type Resource } from './resources.ts';

/** Answers `/openapi/v3` and the documents it names; undefined for other paths. */
export function openApi(path: string): unknown {
  if (path === '/openapi/v3') {
    const roots = new Set(RESOURCES.map(rootOf));
    return { paths: Object.fromEntries([...roots].map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}?hash=1` }])) };
  }
  const root = /^\/openapi\/v3\/(.+)$/.exec(path)?.[1];
  const resources = RESOURCES.filter((resource) => rootOf(resource) === root);
  if (resources.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths: Object.fromEntries(resources.map(pathItem)),
    components: { schemas: Object.fromEntries(resources.map((resource) => [schemaName(resource), schema(resource)])) },
  };
}

function rootOf(resource: Resource): string {
  return resource.group === '' ? 'api/v1' : `apis/${groupVersionOf(resource)}`;
}

function pathItem(resource: Resource): [string, unknown] {
  const { group, version, kind, plural, namespaced } = resource;
  const path = `/${rootOf(resource)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  const responses = { 200: { description: 'OK' } };
  const gvk = { 'x-kubernetes-group-version-kind': { group, version, kind } };
  return [path, { patch: { ...gvk, 'x-kubernetes-action': 'patch', parameters, responses } }];
}

function schema({ group, version, kind }: Resource) {
  const any = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return { ...any, 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
}

function schemaName({ group, version, kind }: Resource): string {
  return `io.k8s.${group || 'core'}.${version}.${kind}`;
}
