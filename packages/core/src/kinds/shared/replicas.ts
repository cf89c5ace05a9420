/** How many machines are wanted where nobody said so. */
import { ANNOTATIONS } from './labels.ts';

/**
 * `spec.replicas`: 1, or the lower bound that the cluster autoscaler's annotations give. Defaults see one object only, so a stored count
 * is kept by the writer's patch, not here.
 */
export function defaultReplicas(object: {
  metadata: { annotations?: Record<string, string> };
  spec: { replicas?: number };
}): void {
  if (object.spec.replicas !== undefined) return;
  const { annotations = {} } = object.metadata;
  const least = /^[0-9]+$/.exec(annotations[ANNOTATIONS.autoscalerMin] ?? '')?.[0];
  object.spec.replicas = least !== undefined && annotations[ANNOTATIONS.autoscalerMax] !== undefined ? Number(least) : 1;
}
