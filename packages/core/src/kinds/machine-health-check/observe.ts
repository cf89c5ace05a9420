/** What a MachineHealthCheck's plan looks at. */
import { type ObjectOf, refTo } from '../../registry/define-kind.ts';
import type { Reader } from '../../runtime/define-reconciler.ts';
import type { NodesSeen } from '../../runtime/seen.ts';
import { refKey } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { Machine } from '../machine/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineHealthCheck } from './kind.ts';

/** A health check and what it watches. */
export interface CheckSeen {
  check: ObjectOf<typeof MachineHealthCheck>;
  cluster: ObjectOf<typeof Cluster> | null;
  /** Selected, and of the cluster. */
  machines: ObjectOf<typeof Machine>[];
  nodes: NodesSeen | null;
}

/** Reads. */
export async function observeCheck(
  reader: Reader,
  { namespace, name }: { namespace: string; name: string },
): Promise<CheckSeen | null> {
  const check = await reader.get(MachineHealthCheck, namespace, name);
  if (!check) return null;
  const { selector, clusterName } = check.spec;
  const [cluster, machines, observations] = await Promise.all([
    reader.get(Cluster, namespace, clusterName),
    reader.list(Machine, namespace, { ...selector, matchLabels: { ...selector.matchLabels, [LABELS.clusterName]: clusterName } }),
    reader.observations(refKey(refTo(Cluster, namespace, clusterName))),
  ]);
  const nodes = observations.find((observation) => observation.source === 'nodes');
  return { check, cluster, machines, nodes: (nodes?.data as NodesSeen | undefined) ?? null };
}
