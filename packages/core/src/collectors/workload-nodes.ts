/** From a Node of a workload cluster to what is kept of it. What nodes say is text of others: bounded. */
import type { WorkloadNode } from '../drivers/workload/nodes.ts';
import type { NodeSeen } from '../runtime/seen.ts';

const MOST_TEXT = 500;
const MOST_ENTRIES = 200;
/** Annotations of controllers can be long and change often; planners ask for these only. */
const OWN_ANNOTATIONS = /(^|\.)cluster\.x-k8s\.io\//;

/** Everything but heartbeats, in a stable order, so that equal nodes are equal texts. */
export function nodeSeen({ metadata, spec, status }: WorkloadNode): NodeSeen {
  const providerID = spec?.providerID;
  const osImage = status?.nodeInfo?.osImage;
  return {
    name: metadata.name,
    uid: metadata.uid,
    ...(providerID ? { providerID: short(providerID) } : {}),
    kubeletVersion: short(status?.nodeInfo?.kubeletVersion ?? ''),
    ...(osImage ? { osImage: short(osImage) } : {}),
    unschedulable: spec?.unschedulable === true,
    conditions: (status?.conditions ?? []).slice(0, MOST_ENTRIES).map((one) => ({
      type: short(one.type),
      status: short(one.status),
      ...(one.reason ? { reason: short(one.reason) } : {}),
      ...(one.message ? { message: short(one.message) } : {}),
      lastTransitionTime: one.lastTransitionTime ?? metadata.creationTimestamp,
    })),
    addresses: (status?.addresses ?? [])
      .slice(0, MOST_ENTRIES)
      .map(({ type, address }) => ({ type: short(type), address: short(address) })),
    labels: sorted(metadata.labels),
    annotations: sorted(metadata.annotations, (key) => OWN_ANNOTATIONS.test(key)),
    taints: (spec?.taints ?? [])
      .slice(0, MOST_ENTRIES)
      .map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect })),
    createdAt: metadata.creationTimestamp,
  };
}

function sorted(map: Record<string, string> = {}, keep: (key: string) => boolean = () => true): Record<string, string> {
  const keys = Object.keys(map).filter(keep).sort().slice(0, MOST_ENTRIES);
  return Object.fromEntries(keys.map((key) => [key, short(map[key] ?? '')]));
}

function short(text: string): string {
  return text.slice(0, MOST_TEXT);
}
