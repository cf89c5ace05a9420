/** GET of a collection: selectors, pages, and the versions a client may insist on. */
import { AppError } from '@slipway/core/errors.ts';
import type { ListPage, Selection } from '@slipway/core/registry/pipeline-types.ts';
import { apiVersionOf } from '@slipway/core/registry/registry.ts';
import { parseFieldSelector, parseLabelSelector } from '@slipway/core/registry/selectors.ts';
import { partialMetadata, tableOf } from '@slipway/core/registry/table.ts';
import { type ResourceCall, reveals } from './call.ts';
import { acceptedForm, type Form, includeOf, sendJson } from './respond.ts';

/** Answers with a list, a table or the metadata alone. */
export async function list(call: ResourceCall): Promise<void> {
  const form = acceptedForm(call.request);
  const query = call.url.searchParams;
  await checkVersion(call);
  const page = await call.deps.pipeline.list(call, {
    user: call.user,
    revealSecrets: reveals(call),
    ...selectionOf(call),
    limit: limitOf(query.get('limit')),
    continue: query.get('continue') || undefined,
  });
  refuseOtherThanExact(query, page);
  sendJson(call, 200, await listIn(call, form, page));
}

/** The label and field selectors of a request. Throws `badRequest`. */
export function selectionOf({ kind, url }: ResourceCall): Selection {
  const labels = url.searchParams.get('labelSelector');
  const fields = url.searchParams.get('fieldSelector');
  return { labels: labels ? parseLabelSelector(labels) : [], fields: fields ? parseFieldSelector(kind, fields) : [] };
}

async function listIn(call: ResourceCall, form: Form, page: ListPage): Promise<unknown> {
  const { kind, version, deps } = call;
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continue ? { continue: page.continue } : {}),
    ...(page.remaining ? { remainingItemCount: page.remaining } : {}),
  };
  switch (form) {
    case 'table':
      return tableOf(kind, version, page.items, { now: await deps.store.now(), include: includeOf(call.url), metadata });
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: page.items.map(partialMetadata),
      };
    case 'object':
      return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind.group, version), metadata, items: page.items };
    default:
      return form satisfies never;
  }
}

function limitOf(text: string | null): number | undefined {
  if (text === null || text === '' || text === '0') return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new AppError('badRequest', `limit: Invalid value: "${text.slice(0, 50)}": must be a whole number`);
  return Number(text);
}

/** resourceVersion and resourceVersionMatch by Kubernetes' rules: a version from the future cannot be waited for here. */
async function checkVersion({ url, deps }: ResourceCall): Promise<void> {
  const version = url.searchParams.get('resourceVersion') ?? '';
  const match = url.searchParams.get('resourceVersionMatch');
  if (match && !['Exact', 'NotOlderThan'].includes(match)) {
    throw new AppError(
      'badRequest',
      `resourceVersionMatch: Unsupported value: "${match}": supported values: "Exact", "NotOlderThan"`,
    );
  }
  if (match && version === '')
    throw new AppError(
      'badRequest',
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  if (match === 'Exact' && version === '0')
    throw new AppError('badRequest', 'resourceVersionMatch: Forbidden: "Exact" is forbidden for resourceVersion "0"');
  await refuseFuture(deps.store, version);
}

/** Throws `badRequest` for what is no version and `timeout` for one that does not exist yet. */
export async function refuseFuture(store: { head(): Promise<string> }, version: string): Promise<void> {
  if (version === '' || version === '0') return;
  if (!/^\d{1,19}$/.test(version)) throw new AppError('badRequest', `resourceVersion: Invalid value: "${version.slice(0, 50)}"`);
  const head = await store.head();
  if (BigInt(version) <= BigInt(head)) return;
  throw new AppError('timeout', `Too large resource version: ${version}, current: ${head}`);
}

function refuseOtherThanExact(query: URLSearchParams, page: ListPage): void {
  if (query.get('resourceVersionMatch') !== 'Exact' || query.get('resourceVersion') === page.resourceVersion) return;
  throw new AppError(
    'expired',
    `The resourceVersion ${query.get('resourceVersion')} for the provided list is no longer available; list again without it`,
  );
}
