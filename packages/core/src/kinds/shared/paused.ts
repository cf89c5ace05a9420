/** Pausing: Cluster.spec.paused or the annotation on the object itself. */
import type { NewCondition } from './conditions.ts';
import { ANNOTATIONS } from './labels.ts';

interface MayPause {
  spec?: { paused?: boolean } | undefined;
}

interface Annotated {
  metadata: { annotations?: Record<string, string>; generation?: number };
}

/** Whether an object is to be left alone. A cluster that is not there pauses nothing. */
export function isPaused(cluster: MayPause | null | undefined, object: Annotated): boolean {
  return cluster?.spec?.paused === true || object.metadata.annotations?.[ANNOTATIONS.paused] !== undefined;
}

/** The `Paused` condition every Cluster API kind carries. */
export function pausedCondition(cluster: MayPause | null | undefined, object: Annotated): NewCondition {
  const observedGeneration = object.metadata.generation;
  if (!isPaused(cluster, object))
    return { type: 'Paused', status: 'False', reason: 'NotPaused', message: '', observedGeneration };
  const why = [
    ...(cluster?.spec?.paused === true ? ['Cluster spec.paused is set to true'] : []),
    ...(object.metadata.annotations?.[ANNOTATIONS.paused] !== undefined
      ? [`The object has the annotation ${ANNOTATIONS.paused}`]
      : []),
  ];
  return { type: 'Paused', status: 'True', reason: 'Paused', message: why.join(', '), observedGeneration };
}
