/** Watches: the stream of changes as JSON lines. */
import type { ServerResponse } from 'node:http';
import type { Change, Obj, Objects } from './objects.ts';
import type { Resource } from './resources.ts';

/** What is watched and how it is shown. */
export interface Watched {
  matches: (object: Obj) => boolean;
  shape: (object: Obj) => unknown;
  query: URLSearchParams;
}

/** Streams until the client goes or `timeoutSeconds` pass (default 30 minutes). */
export function watch(objects: Objects, resource: Resource, { matches, shape, query }: Watched, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  // A watch without a first event must still begin: clients wait for the headers.
  response.flushHeaders();
  const send = (type: string, object: unknown) => void response.write(`${JSON.stringify({ type, object })}\n`);
  const since = query.get('resourceVersion') ?? '';
  const initial = since === '' || since === '0' || query.get('sendInitialEvents') === 'true';
  if (initial) {
    for (const object of objects.list(resource, '').filter(matches)) send('ADDED', shape(object));
    if (query.get('sendInitialEvents') === 'true') {
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const metadata = { resourceVersion: String(objects.version()), annotations };
      send('BOOKMARK', { kind: resource.kind, apiVersion: 'v1', metadata });
    }
  }
  const missed = initial ? [] : objects.since(Number(since));
  if (!missed) {
    send('ERROR', {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Expired',
      code: 410,
      message: 'too old resource version',
    });
    return void response.end();
  }
  const tell = (change: Change) => {
    if (change.resource === resource && matches(change.object)) send(change.type, shape(change.object));
  };
  for (const change of missed) tell(change);
  const stop = objects.onChange(tell);
  const seconds = Math.min(Number(query.get('timeoutSeconds') ?? 1800) || 1800, 3600);
  const timer = setTimeout(() => response.end(), seconds * 1000);
  timer.unref();
  response.on('close', () => {
    clearTimeout(timer);
    stop();
  });
}
