/** Label and field selectors of list and watch requests. */
import { matches, type Requirement } from '@slipway/core/store/selector.ts';
import { ApiError } from './api-error.ts';
import type { Obj } from './objects.ts';

/** A filter from `labelSelector` and `fieldSelector`. Throws ApiError 400 for fields that cannot be selected. */
export function filterOf(labelSelector: string, fieldSelector: string): (object: Obj) => boolean {
  const labels = parseLabels(labelSelector);
  const fields = fieldSelector.split(',').filter(Boolean).map(parseField);
  return (object) => matches(labels, object.metadata.labels) && fields.every((holds) => holds(object));
}

function parseLabels(text: string): Requirement[] {
  return (text.match(/[^,(]+(\([^)]*\))?/g) ?? []).map((part): Requirement => {
    const set = /^\s*(\S+)\s+(in|notin)\s+\(([^)]*)\)\s*$/.exec(part);
    if (set) return { key: set[1]!, op: set[2] as 'in' | 'notin', values: set[3]!.split(',').map((value) => value.trim()) };
    const equal = /^\s*([^!=\s]+)\s*(==?|!=)\s*(\S*)\s*$/.exec(part);
    if (equal) return { key: equal[1]!, op: equal[2] === '!=' ? 'notin' : 'in', values: [equal[3]!] };
    const key = part.trim();
    return key.startsWith('!') ? { key: key.slice(1), op: 'absent' } : { key, op: 'exists' };
  });
}

const FIELDS: Record<string, (object: Obj) => string> = {
  'metadata.name': (object) => object.metadata.name,
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
  'spec.nodeName': (object) => object.spec?.nodeName ?? '',
  'status.phase': (object) => object.status?.phase ?? '',
  'involvedObject.name': (object) => object.involvedObject?.name ?? '',
  'involvedObject.namespace': (object) => object.involvedObject?.namespace ?? '',
  'involvedObject.kind': (object) => object.involvedObject?.kind ?? '',
  'involvedObject.uid': (object) => object.involvedObject?.uid ?? '',
  type: (object) => object.type ?? '',
};

function parseField(part: string): (object: Obj) => boolean {
  const match = /^([^!=]+)(==?|!=)(.*)$/.exec(part);
  const of = FIELDS[match?.[1] ?? ''];
  if (!match || !of) throw new ApiError(400, 'BadRequest', `field label not supported: ${part}`);
  return (object) => (of(object) === match[3]) !== (match[2] === '!=');
}
