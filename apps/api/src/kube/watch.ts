/** GET of a collection with `watch`: a stream of changes, one JSON object a line. */
import { once } from 'node:events';
import { AppError } from '@slipway/core/errors.ts';
import { apiVersionOf } from '@slipway/core/registry/registry.ts';
import { tableOf } from '@slipway/core/registry/table.ts';
import type { KubeObject } from '@slipway/core/store/object.ts';
import type { WatchEvent } from '@slipway/core/store/store.ts';
import { type ResourceCall, reveals } from './call.ts';
import { refuseFuture, selectionOf } from './list.ts';
import { acceptedForm, addWarnings, type Form, includeOf, inForm, statusOf } from './respond.ts';

/** A watch ends by itself after 30 to 60 minutes unless the client says when (apiserver's MinRequestTimeout). */
const SHORTEST_SECONDS = 1800;
/** Bookmarks keep a quiet watch's version fresh (apiserver: about a minute). */
const BOOKMARK_MS = 60_000;
/** A client that takes nothing for this long is cut off; it lists again. */
const STALLED_MS = 30_000;

/** Streams changes until the client goes, the time is over, or the server stops. */
export async function watch(call: ResourceCall): Promise<void> {
  const form = acceptedForm(call.request);
  const { searchParams: query } = call.url;
  const start = await startOf(call);
  const selection = selectionOf(call);
  const ends = new AbortController();
  const timer = setTimeout(() => ends.abort(), secondsOf(query.get('timeoutSeconds')) * 1000);
  const signal = AbortSignal.any([ends.signal, call.deps.stopping]);
  call.response.once('close', () => ends.abort());
  addWarnings(call.response, call.warnings);
  call.response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  call.response.flushHeaders();
  const options = { user: call.user, revealSecrets: reveals(call), ...selection };
  try {
    let { resourceVersion } = start;
    if (start.initial) resourceVersion = await sendInitial(call, form, options, start.announceEnd, signal);
    const bookmarkEveryMs = query.get('allowWatchBookmarks') === 'true' ? BOOKMARK_MS : 0;
    for await (const event of call.deps.pipeline.watch(call, { ...options, resourceVersion, signal, bookmarkEveryMs })) {
      await send(call, form, event, signal);
    }
  } catch (error) {
    if (!signal.aborted) await write(call, { type: 'ERROR', object: logged(call, error) }, signal);
  } finally {
    clearTimeout(timer);
    ends.abort();
    call.response.end();
  }
}

/** From where to watch: the objects as they are first, or a version the client has seen. */
async function startOf({
  url,
  deps,
}: ResourceCall): Promise<{ resourceVersion: string; initial: boolean; announceEnd: boolean }> {
  const query = url.searchParams;
  const resourceVersion = query.get('resourceVersion') ?? '';
  const initialEvents = query.get('sendInitialEvents');
  if (initialEvents !== null && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw new AppError('invalid', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  await refuseFuture(deps.store, resourceVersion);
  const unset = resourceVersion === '' || resourceVersion === '0';
  if (initialEvents === 'true') {
    return { resourceVersion, initial: true, announceEnd: query.get('allowWatchBookmarks') === 'true' };
  }
  if (initialEvents === 'false' && unset) return { resourceVersion: await deps.store.head(), initial: false, announceEnd: false };
  return { resourceVersion, initial: unset, announceEnd: false };
}

/** The objects as they are, as ADDED events; then, if asked for, the bookmark that says so. Returns their version. */
async function sendInitial(
  call: ResourceCall,
  form: Form,
  options: Parameters<ResourceCall['deps']['pipeline']['list']>[1],
  announceEnd: boolean,
  signal: AbortSignal,
): Promise<string> {
  const { items, resourceVersion } = await call.deps.pipeline.list(call, options);
  for (const object of items) await send(call, form, { type: 'ADDED', object, resourceVersion }, signal);
  if (announceEnd) await sendBookmark(call, form, resourceVersion, signal, { 'k8s.io/initial-events-end': 'true' });
  return resourceVersion;
}

async function send(call: ResourceCall, form: Form, event: WatchEvent, signal: AbortSignal): Promise<void> {
  if (event.type === 'BOOKMARK') return sendBookmark(call, form, event.resourceVersion, signal);
  // Of a deleted object clients go on from the deletion's version.
  const { metadata } = event.object;
  const object = {
    ...event.object,
    metadata: { ...metadata, resourceVersion: event.type === 'DELETED' ? event.resourceVersion : metadata.resourceVersion },
  };
  await write(call, { type: event.type, object: form === 'object' ? object : await inForm(call, form, object) }, signal);
}

async function sendBookmark(
  call: ResourceCall,
  form: Form,
  resourceVersion: string,
  signal: AbortSignal,
  annotations?: Record<string, string>,
): Promise<void> {
  const { kind, version, deps } = call;
  const metadata = { resourceVersion, creationTimestamp: null, ...(annotations ? { annotations } : {}) };
  const bare = { kind: kind.kind, apiVersion: apiVersionOf(kind.group, version), metadata } as unknown as KubeObject;
  const asForm = () =>
    form === 'table'
      ? tableOf(kind, version, [], { now: new Date(0), include: includeOf(call.url), metadata: metadata as never })
      : inForm({ ...call, deps }, 'metadata', bare);
  await write(call, { type: 'BOOKMARK', object: form === 'object' ? bare : await asForm() }, signal);
}

async function write({ response }: ResourceCall, event: unknown, signal: AbortSignal): Promise<void> {
  if (response.destroyed || response.write(`${JSON.stringify(event)}\n`)) return;
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(STALLED_MS)]) });
  } catch {
    response.destroy();
  }
}

function secondsOf(text: string | null): number {
  const given = Number(text ?? 0);
  if (Number.isInteger(given) && given > 0) return Math.min(given, SHORTEST_SECONDS * 2);
  return SHORTEST_SECONDS * (1 + Math.random());
}

function logged({ deps, url }: ResourceCall, error: unknown) {
  if (!(error instanceof AppError)) deps.log('error', 'a watch failed', { path: url.pathname, error });
  return statusOf(error);
}
