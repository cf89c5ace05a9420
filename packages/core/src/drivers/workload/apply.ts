/** Applies a manifest of several documents, server-side, in an order that works in one go. */
import { parseAllDocuments } from 'yaml';
import type { WorkloadClient, WorkloadObject } from './client.ts';
import { WorkloadError } from './errors.ts';

/** Documents of one manifest; CNI manifests have a few dozen. */
const MOST_DOCUMENTS = 500;
/** These first, so that the others find them. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'ClusterRole',
  'ClusterRoleBinding',
];

/** Applies all documents. Throws WorkloadError `protocol` on a manifest that is none, before anything is written. */
export async function applyManifest(client: WorkloadClient, manifest: string, fieldManager = 'slipway'): Promise<number> {
  const objects = parseManifest(manifest);
  const known = new Map<string, Resource[]>();
  for (const object of objects) {
    const path = await pathOf(client, object, known);
    await client.patch(path, 'apply', object, { fieldManager, force: 'true' });
  }
  return objects.length;
}

/** The documents, those first that others need. Lists are taken apart. Throws WorkloadError `protocol`. */
export function parseManifest(manifest: string): WorkloadObject[] {
  const documents = parseAllDocuments(manifest);
  if (documents.length > MOST_DOCUMENTS)
    throw new WorkloadError('protocol', `manifest has more than ${MOST_DOCUMENTS} documents`);
  const objects = documents.flatMap((document, index) => {
    if (document.errors.length > 0) throw new WorkloadError('protocol', `document ${index + 1} of the manifest is not YAML`);
    const content = document.toJS() as (WorkloadObject & { items?: WorkloadObject[] }) | null;
    return content?.kind === 'List' ? (content.items ?? []) : content ? [content] : [];
  });
  for (const object of objects) {
    if (object.apiVersion && object.kind && object.metadata?.name) continue;
    throw new WorkloadError('protocol', 'a document of the manifest lacks apiVersion, kind or metadata.name');
  }
  const rank = ({ kind }: WorkloadObject) => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);
  return objects.sort((a, b) => rank(a) - rank(b));
}

interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** The object's own path, by discovery of its group. */
async function pathOf(client: WorkloadClient, object: WorkloadObject, known: Map<string, Resource[]>): Promise<string> {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const find = () => known.get(root)?.find((one) => one.kind === kind && !one.name.includes('/'));
  // A CustomResourceDefinition of the same manifest may have added a kind since the last look.
  if (!find()) known.set(root, (await client.get<{ resources?: Resource[] }>(root)).resources ?? []);
  const resource = find();
  if (!resource) throw new WorkloadError('notFound', `the cluster does not serve ${kind} of ${apiVersion}`);
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${root}${namespace}/${resource.name}/${metadata.name}`;
}
