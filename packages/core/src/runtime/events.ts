/** Kubernetes Events from a plan's `event` actions: the same event within an hour raises its count, as client-go's recorder does. */
import type { KubeObject } from '../store/object.ts';
import { kubeTime, type Ref } from '../store/object.ts';
import type { Store, Write } from '../store/store.ts';
import type { Action } from './actions.ts';

/** client-go's event correlator aggregates for ten minutes; Kubernetes keeps events an hour. We join within that hour. */
const JOIN_SECONDS = 3600;

/** The write that records an event. */
export async function eventWrite(
  store: Store,
  action: Extract<Action, { do: 'event' }>,
  component: string,
  now: Date,
): Promise<Write> {
  const { about } = action;
  const namespace = about.metadata.namespace ?? 'default';
  const name = `${about.metadata.name.slice(0, 200)}.${digest(`${about.metadata.uid}|${action.type}|${action.reason}|${action.message}`)}`;
  const ref: Ref = { group: '', kind: 'Event', namespace, name };
  const was = await store.get(ref);
  const time = kubeTime(now);
  if (was) {
    const last = was as KubeObject & { count?: number; lastTimestamp?: string; firstTimestamp?: string };
    const joins = now.getTime() - Date.parse(last.lastTimestamp ?? time) < JOIN_SECONDS * 1000;
    const next = { ...last, count: joins ? (last.count ?? 1) + 1 : 1, lastTimestamp: time };
    if (!joins) next.firstTimestamp = time;
    return { op: 'update', was, object: next };
  }
  const object = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name: about.metadata.name,
      namespace: about.metadata.namespace ?? '',
      uid: about.metadata.uid,
      resourceVersion: about.metadata.resourceVersion,
    },
    type: action.type,
    reason: action.reason,
    message: action.message.slice(0, 1024),
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  return { op: 'create', object };
}

/** FNV-1a, 64 bits in two halves, as 16 hex digits: names, not security. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul(b ^ (code + i), 0x85ebca6b) >>> 0;
  }
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}
