/** Event (core/v1): what happened to an object, for `kubectl describe` and `kubectl get events`. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';
import { fields, type KubeObject } from '../../store/object.ts';

const reference = z.object({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  fieldPath: z.string().optional(),
});

const source = z.object({ component: z.string().optional(), host: z.string().optional() });

/** The top-level fields of an Event. */
export interface EventFields {
  involvedObject: z.output<typeof reference>;
  reason?: string;
  message?: string;
  source?: z.output<typeof source>;
  firstTimestamp?: string;
  lastTimestamp?: string;
  eventTime?: string;
  count?: number;
  type?: string;
  reportingComponent?: string;
  series?: { count?: number; lastObservedTime?: string };
}

/** An Event's own fields, typed. */
export function eventFields(event: KubeObject): EventFields {
  return fields(event) as unknown as EventFields;
}

/** Event (core/v1). Columns as kubectl prints them, without NAME in front. */
export const Event = defineKind({
  group: '',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  hub: 'v1',
  spec: z.never().optional(),
  status: z.never().optional(),
  fields: {
    involvedObject: reference,
    related: reference.optional(),
    reason: z.string().optional(),
    message: z.string().optional(),
    source: source.optional(),
    firstTimestamp: z.string().optional(),
    lastTimestamp: z.string().optional(),
    eventTime: z.string().optional(),
    count: z.int().optional(),
    type: z.string().optional(),
    action: z.string().optional(),
    series: z.object({ count: z.int().optional(), lastObservedTime: z.string().optional() }).optional(),
    reportingComponent: z.string().optional(),
    reportingInstance: z.string().optional(),
  },
  statusSubresource: false,
  nameColumn: false,
  columns: [
    { name: 'Last Seen', type: 'date', of: lastSeen },
    { name: 'Type', type: 'string', of: (event) => eventFields(event).type },
    { name: 'Reason', type: 'string', of: (event) => eventFields(event).reason },
    { name: 'Object', type: 'string', of: objectName },
    { name: 'Subobject', type: 'string', wide: true, of: (event) => eventFields(event).involvedObject.fieldPath },
    { name: 'Source', type: 'string', wide: true, of: sourceText },
    { name: 'Message', type: 'string', of: (event) => eventFields(event).message?.trim() },
    { name: 'First Seen', type: 'date', wide: true, of: firstSeen },
    {
      name: 'Count',
      type: 'integer',
      wide: true,
      of: (event) => eventFields(event).series?.count ?? eventFields(event).count ?? 1,
    },
    { name: 'Name', type: 'string', wide: true, of: (event) => event.metadata.name },
  ],
  strategicMergeKeys: {},
  selectableFields: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((part) => `involvedObject.${part}`),
    ...['reason', 'reportingComponent', 'source.component', 'type'],
  ],
  validate: (event) => {
    const about = eventFields(event).involvedObject.namespace;
    const own = event.metadata.namespace;
    // Events about cluster-scoped objects live in `default`, as in Kubernetes.
    if ((about || 'default') === own) return [];
    return [{ field: 'involvedObject.namespace', reason: 'FieldValueInvalid', message: 'does not match the event.namespace' }];
  },
  description: 'Event is a report of something that happened to an object.',
});

function lastSeen(event: KubeObject): string | undefined {
  const { series, lastTimestamp, eventTime } = eventFields(event);
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? event.metadata.creationTimestamp;
}

function firstSeen(event: KubeObject): string | undefined {
  const { firstTimestamp, eventTime } = eventFields(event);
  return firstTimestamp ?? eventTime ?? event.metadata.creationTimestamp;
}

function objectName(event: KubeObject): string {
  const { kind = '', name = '' } = eventFields(event).involvedObject;
  return `${kind.toLowerCase()}/${name}`;
}

function sourceText(event: KubeObject): string {
  const { source: from, reportingComponent } = eventFields(event);
  return [from?.component ?? reportingComponent, from?.host].filter(Boolean).join(', ');
}
