/** OpenAPI v3: an index of documents with their digests, and a document for each group and version. */
import { createHash } from 'node:crypto';
import { openApiOf } from '@slipway/core/registry/openapi.ts';
import type { Registry } from '@slipway/core/registry/registry.ts';
import type { Call } from './call.ts';
import { orNotFound } from './discovery.ts';
import { sendJson } from './respond.ts';

interface Rendered {
  text: string;
  hash: string;
}

/** Documents are made once for a registry: it does not change while the server runs. */
const rendered = new WeakMap<Registry, Map<string, Rendered>>();

/** GET /openapi/v3. */
export async function openApiIndex(call: Call): Promise<void> {
  const documents = [...documentsOf(call.deps.registry)];
  const paths = Object.fromEntries(
    documents.map(([path, { hash }]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]),
  );
  sendJson(call, 200, { paths });
}

/** GET /openapi/v3/api/v1 and /openapi/v3/apis/<group>/<version>. */
export async function openApiDocument(call: Call): Promise<void> {
  const path = call.url.pathname.slice('/openapi/v3/'.length);
  const { text, hash } = orNotFound(documentsOf(call.deps.registry).get(path));
  const body = Buffer.from(text);
  const cache = call.url.searchParams.get('hash') === hash ? 'public, immutable' : 'no-cache, private';
  call.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': cache,
    etag: `"${hash}"`,
  });
  call.response.end(body);
}

function documentsOf(registry: Registry): Map<string, Rendered> {
  const known = rendered.get(registry);
  if (known) return known;
  const documents = new Map<string, Rendered>();
  for (const { group, version } of registry.groupVersions()) {
    const text = JSON.stringify(openApiOf(registry, group, version));
    const hash = createHash('sha256').update(text).digest('hex').toUpperCase();
    documents.set(group === '' ? `api/${version}` : `apis/${group}/${version}`, { text, hash });
  }
  rendered.set(registry, documents);
  return documents;
}
