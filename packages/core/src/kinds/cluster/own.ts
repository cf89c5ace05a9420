/** Owner references from a Cluster to its parts: they wake it, and go with it. */
import { ownerReference } from '../../runtime/actions.ts';
import type { KubeObject } from '../../store/object.ts';
import { LABELS } from '../shared/labels.ts';
import { edit } from '../shared/planning.ts';
import { type Seen, standalone } from './seen.ts';
import type { ClusterWork } from './status.ts';

/** Sets the references that are missing. Only the infrastructure cluster has the Cluster as its controller. */
export function own(work: ClusterWork, seen: Seen): void {
  if (seen.infrastructure) refer(work, seen.infrastructure, true, true);
  if (seen.controlPlane) refer(work, seen.controlPlane, false, true);
  for (const object of [...seen.deployments, ...seen.healthChecks, ...standalone(seen.sets)]) refer(work, object, false, true);
  for (const template of seen.templates) refer(work, template, false, false);
}

function refer(work: ClusterWork, object: KubeObject, controller: boolean, labelled: boolean): void {
  const owners = object.metadata.ownerReferences ?? [];
  const mine = ownerReference(work.was, controller);
  const have = owners.find((owner) => owner.uid === mine.uid);
  // One of another version or with other flags is brought up to date.
  if (!have || have.apiVersion !== mine.apiVersion || (have.controller ?? false) !== controller) {
    edit(work, object).metadata.ownerReferences = [...owners.filter((owner) => owner.uid !== mine.uid), mine];
  }
  const { name } = work.self.metadata;
  if (labelled && object.metadata.labels?.[LABELS.clusterName] !== name) {
    edit(work, object).metadata.labels = { ...object.metadata.labels, [LABELS.clusterName]: name };
  }
}
