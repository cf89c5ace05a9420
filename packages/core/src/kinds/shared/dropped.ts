/**
 * Labels and annotations that a template once had and has no more. A machine does not say where its labels come from, so the MachineSet
 * remembers what its template has let go, and takes it off its machines; what people put on a machine themselves stays.
 */

/** On a MachineSet: the keys as JSON. */
const ANNOTATION = 'fleet.slipway.dev/dropped-metadata';

interface Metadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Keys that went. */
export interface Dropped {
  labels: string[];
  annotations: string[];
}

/** What a set remembers. */
export function droppedOf(set: { metadata: Metadata }): Dropped {
  try {
    const said = JSON.parse(set.metadata.annotations?.[ANNOTATION] ?? '{}') as Partial<Dropped>;
    return { labels: [...(said.labels ?? [])], annotations: [...(said.annotations ?? [])] };
  } catch {
    // Written by hand: it remembers nothing then.
    return { labels: [], annotations: [] };
  }
}

/** The annotation for a set whose template metadata changes from `was` to `is`; empty where there is nothing to remember. */
export function droppedAnnotation(set: { metadata: Metadata }, was: Metadata | undefined, is: Metadata): Record<string, string> {
  const before = droppedOf(set);
  const keys = (part: keyof Dropped) => {
    const gone = new Set([...before[part], ...Object.keys(was?.[part] ?? {})]);
    return [...gone].filter((key) => !Object.hasOwn(is[part] ?? {}, key)).sort();
  };
  const dropped: Dropped = { labels: keys('labels'), annotations: keys('annotations') };
  const known = set.metadata.annotations?.[ANNOTATION] !== undefined;
  return known || dropped.labels.length + dropped.annotations.length > 0 ? { [ANNOTATION]: JSON.stringify(dropped) } : {};
}

/** Takes them off a copy. */
export function drop(copy: { metadata: Metadata }, { labels, annotations }: Dropped): void {
  for (const key of labels) delete copy.metadata.labels?.[key];
  for (const key of annotations) delete copy.metadata.annotations?.[key];
}
