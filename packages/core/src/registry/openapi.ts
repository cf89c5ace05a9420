/**
 * OpenAPI v3 of a group and version, from the kinds' own schemas: enough for `kubectl explain`, and for `kubectl apply`, which looks
 * for its kind's PATCH and for the fieldValidation parameter there, and leaves strictness to the server when it finds them.
 */
import { z } from 'zod';
import type { Json } from '../store/object.ts';
import { type AnyKind, servedSchema } from './define-kind.ts';
import { holdsNothing, partsOf } from './parse.ts';
import { isRecord } from './paths.ts';
import { apiVersionOf, type Registry, servedVersion } from './registry.ts';

type Document = { [key: string]: Json };

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const OWNER = 'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference';

/** The document of a group and version. */
export function openApiOf(registry: Registry, group: string, version: string): Document {
  const kinds = registry.kinds.filter((kind) => kind.group === group && servedVersion(kind, version));
  return {
    openapi: '3.0.0',
    info: { title: 'Slipway', version: 'v1' },
    paths: Object.assign({}, ...kinds.map((kind) => pathsOf(kind, version))) as Document,
    components: {
      schemas: {
        ...Object.fromEntries(kinds.map((kind) => [schemaName(kind, version), schemaOf(kind, version)])),
        [META]: objectMeta(),
        [OWNER]: ownerReference(),
      },
    },
  };
}

/** The name of a kind's schema, made as Kubernetes makes it: the group's parts backwards, version, kind. */
function schemaName(kind: AnyKind, version: string): string {
  const group = kind.group === '' ? 'io.k8s.api.core' : kind.group.split('.').reverse().join('.');
  return `${group}.${version}.${kind.kind}`;
}

function schemaOf(kind: AnyKind, version: string): Document {
  const parts = Object.entries(partsOf(servedSchema(kind, version))).filter(([, schema]) => !holdsNothing(schema));
  const properties = Object.fromEntries(parts.map(([part, schema]) => [part, partSchema(kind, part, schema)]));
  return {
    type: 'object',
    description: kind.description,
    properties: {
      apiVersion: { type: 'string', description: 'APIVersion names the version of this object: group/version.' },
      kind: { type: 'string', description: 'Kind names what this object is.' },
      metadata: { description: 'Standard metadata of an object.', allOf: [{ $ref: `#/components/schemas/${META}` }] },
      ...properties,
    },
    'x-kubernetes-group-version-kind': [{ group: kind.group, version, kind: kind.kind }],
  };
}

function partSchema(kind: AnyKind, part: string, schema: z.ZodType): Document {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
    reused: 'inline',
    cycles: 'ref',
  });
  const clean = withoutForeign(json as unknown as Json) as Document;
  const descriptions: Record<string, string> = {
    spec: `What is wanted of the ${kind.kind}.`,
    status: `What was last seen of the ${kind.kind}.`,
  };
  return { ...(descriptions[part] ? { description: descriptions[part] } : {}), ...clean };
}

/** kubectl's reader knows OpenAPI, not JSON Schema: keywords it would not understand go. */
function withoutForeign(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutForeign);
  if (!isRecord(schema)) return schema;
  const kept = Object.entries(schema).filter(([key]) => !FOREIGN.has(key));
  // An unbounded description of integers helps nobody.
  const sane = kept.filter(([key, value]) => !(key.endsWith('imum') && Math.abs(Number(value)) >= Number.MAX_SAFE_INTEGER));
  return Object.fromEntries(sane.map(([key, value]) => [key, withoutForeign(value)]));
}

const FOREIGN = new Set(['$schema', '$id', '$defs', 'propertyNames', 'additionalItems', '~standard']);

function pathsOf(kind: AnyKind, version: string): Document {
  const root = kind.group === '' ? `/api/${version}` : `/apis/${apiVersionOf(kind.group, version)}`;
  const base = kind.scope === 'Namespaced' ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const one = `${base}/{name}`;
  return {
    [base]: {
      get: operation(kind, version, 'list'),
      post: operation(kind, version, 'post', ['application/json', 'application/yaml']),
    },
    [one]: {
      get: operation(kind, version, 'get'),
      put: operation(kind, version, 'put', ['application/json', 'application/yaml']),
      patch: operation(kind, version, 'patch', patchTypes(kind)),
      delete: operation(kind, version, 'delete'),
    },
  };
}

function patchTypes(kind: AnyKind): string[] {
  const types = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];
  return kind.strategicMergeKeys ? [...types, 'application/strategic-merge-patch+json'] : types;
}

function operation(kind: AnyKind, version: string, action: string, bodies: string[] = []): Document {
  const $ref = `#/components/schemas/${schemaName(kind, version)}`;
  const content = (types: string[]) => Object.fromEntries(types.map((type) => [type, { schema: { $ref } }]));
  const text = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  return {
    operationId: `${action}${kind.kind}${version}`,
    description: `${action} ${kind.kind}`,
    parameters: bodies.length > 0 ? [text('dryRun'), text('fieldManager'), text('fieldValidation')] : [],
    ...(bodies.length > 0 ? { requestBody: { required: true, content: content(bodies) } } : {}),
    responses: { 200: { description: 'OK', content: content(['application/json']) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version, kind: kind.kind },
  };
}

function objectMeta(): Document {
  const text = (description: string) => ({ type: 'string', description });
  const map = (description: string) => ({ type: 'object', additionalProperties: { type: 'string' }, description });
  return {
    type: 'object',
    description: 'ObjectMeta is what every object carries.',
    properties: {
      name: text('Unique in its namespace and kind. Cannot be changed.'),
      generateName: text('Start of a name that the server completes.'),
      namespace: text('The namespace of the object. Cannot be changed.'),
      uid: text('Unique in time and space, given by the server.'),
      resourceVersion: text('Version of the stored object; a write that names it fails when it is not the newest.'),
      generation: { type: 'integer', format: 'int64', description: 'Raised by each change of what is wanted.' },
      creationTimestamp: { type: 'string', format: 'date-time', description: 'When the object was created.' },
      deletionTimestamp: { type: 'string', format: 'date-time', description: 'When its deletion was asked for.' },
      deletionGracePeriodSeconds: { type: 'integer', format: 'int64', description: 'Always 0 here.' },
      labels: map('Keys and values to select objects by.'),
      annotations: map('Keys and values that tools keep with an object.'),
      finalizers: {
        type: 'array',
        items: { type: 'string' },
        description: 'Names of those who have work to do before the object may go.',
        'x-kubernetes-list-type': 'set',
        'x-kubernetes-patch-strategy': 'merge',
      },
      ownerReferences: {
        type: 'array',
        items: { allOf: [{ $ref: `#/components/schemas/${OWNER}` }] },
        description: 'Objects this one depends on; it goes when all of them are gone.',
        'x-kubernetes-list-map-keys': ['uid'],
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-patch-merge-key': 'uid',
        'x-kubernetes-patch-strategy': 'merge',
      },
      managedFields: { type: 'array', items: { type: 'object' }, description: 'Who set which fields, for server-side apply.' },
      selfLink: text('Not filled in any more.'),
    },
  };
}

function ownerReference(): Document {
  return {
    type: 'object',
    description: 'OwnerReference names an owner by uid.',
    required: ['apiVersion', 'kind', 'name', 'uid'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      name: { type: 'string' },
      uid: { type: 'string' },
      controller: { type: 'boolean', description: 'Whether this owner manages the object.' },
      blockOwnerDeletion: { type: 'boolean', description: 'Whether a foreground deletion of the owner waits for this object.' },
    },
  };
}
