/** Kubernetes Events about objects, newest first. */
import { Event, eventFields } from '@slipway/core/kinds/event/kind.ts';
import type { Store } from '@slipway/core/store/store.ts';
import { all } from './read.ts';

/** One event. */
export interface EventView {
  uid: string;
  lastSeen: string;
  type: string;
  reason: string;
  object: { kind: string; name: string };
  message: string;
  count: number;
}

/** Events of a namespace about objects that `about` names, newest first, at most `most`. */
export async function eventsAbout(
  store: Store,
  namespace: string,
  about: (object: { kind: string; name: string; uid: string }) => boolean,
  most: number,
): Promise<EventView[]> {
  const events = (await all(store, Event, { namespace })).map((event) => {
    const { involvedObject, reason, message, type, count, series, lastTimestamp, eventTime } = eventFields(event);
    const { kind = '', name = '', uid = '' } = involvedObject;
    const lastSeen = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? event.metadata.creationTimestamp;
    const view: EventView = {
      uid: event.metadata.uid,
      lastSeen,
      type: type ?? 'Normal',
      reason: reason ?? '',
      object: { kind, name },
      message: message ?? '',
      count: series?.count ?? count ?? 1,
    };
    return { view, uid };
  });
  return events
    .filter(({ view, uid }) => about({ ...view.object, uid }))
    .map(({ view }) => view)
    .sort((a, b) => b.lastSeen.localeCompare(a.lastSeen))
    .slice(0, most);
}
