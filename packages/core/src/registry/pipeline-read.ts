/** The reading half of the pipeline: get, list, watch in the version asked for. */

import type { KubeObject } from '../store/object.ts';
import type { ListQuery, Store, WatchEvent } from '../store/store.ts';
import { refTo } from './define-kind.ts';
import { notFound } from './invalid.ts';
import type { ListOptions, ListPage, Pipeline, Place, ReadOptions, Selection, Target, WatchOptions } from './pipeline-types.ts';
import { matchesFields, wantedExactly } from './selectors.ts';
import { shown } from './stored.ts';

/** Objects read from the store at a time. */
const PAGE = 500;

/** get, list and watch on a store. */
export function createReads(store: Store): Pick<Pipeline, 'get' | 'list' | 'watch'> {
  return {
    get: async (target, options) => view(target, await read(store, target), options),
    list: (place, options) => list(store, place, options),
    watch: (place, options) => watch(store, place, options),
  };
}

/** The stored (hub) object. Throws `notFound`. */
export async function read(store: Store, target: Target): Promise<KubeObject> {
  const found = await store.get(refTo(target.kind, target.namespace ?? '', target.name));
  if (!found) throw notFound(target.kind, target.name);
  return found;
}

/** A stored object in the place's version, with its secret fields if the options reveal them. */
export function view(place: Place, stored: KubeObject, options: Pick<ReadOptions, 'revealSecrets'>): KubeObject {
  return shown(place.kind, place.version ?? place.kind.hub, stored, options.revealSecrets === true);
}

/** The store's part of a selection: what its indexes can find. */
function queryOf(place: Place, { labels, fields = [] }: Selection): ListQuery {
  const namespace = place.kind.scope === 'Cluster' ? undefined : (place.namespace ?? wantedExactly(fields, 'metadata.namespace'));
  const name = wantedExactly(fields, 'metadata.name');
  return {
    group: place.kind.group,
    kind: place.kind.kind,
    ...(namespace ? { namespace } : {}),
    ...(name !== undefined ? { name } : {}),
    ...(labels?.length ? { labels } : {}),
  };
}

async function list(store: Store, place: Place, options: ListOptions): Promise<ListPage> {
  const { fields = [], limit } = options;
  const items: KubeObject[] = [];
  let token = options.continue;
  for (;;) {
    const room = limit ? limit - items.length : PAGE;
    const page = await store.list({
      ...queryOf(place, options),
      limit: Math.min(room, PAGE),
      ...(token ? { continue: token } : {}),
    });
    for (const object of page.items) if (matchesFields(fields, object)) items.push(view(place, object, options));
    token = page.continue;
    if (token && !(limit && items.length >= limit)) continue;
    // With a field selector nobody knows how many more will match.
    const remaining = fields.length === 0 && token && page.remaining ? { remaining: page.remaining } : {};
    return { items, resourceVersion: page.resourceVersion, ...(token ? { continue: token } : {}), ...remaining };
  }
}

async function* watch(store: Store, place: Place, options: WatchOptions): AsyncIterable<WatchEvent> {
  const { resourceVersion, signal, bookmarkEveryMs, fields = [] } = options;
  const query = { ...queryOf(place, options), resourceVersion, signal, bookmarkEveryMs };
  for await (const event of store.watch(query)) {
    if (event.type === 'BOOKMARK') yield event;
    else if (matchesFields(fields, event.object)) yield { ...event, object: view(place, event.object, options) };
    else if (event.type === 'MODIFIED') yield { ...event, type: 'DELETED', object: view(place, event.object, options) };
  }
}
