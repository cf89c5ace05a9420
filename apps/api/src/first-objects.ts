/** What exists from the start (DESIGN section 4, Hosts and namespaces): the namespaces, and metal3's leave for clusters to claim hosts. */
import { isCode } from '@slipway/core/errors.ts';
import type { Draft, Store } from '@slipway/core/store/store.ts';

const NAMESPACES = ['default', 'metal3', 'clusters'];

const OBJECTS: Draft[] = [
  ...NAMESPACES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })),
  {
    apiVersion: 'metal3.io/v1alpha1',
    kind: 'HostDeployPolicy',
    metadata: { name: 'clusters', namespace: 'metal3' },
    spec: { hostClaimNamespaces: { names: ['clusters'] } },
  },
];

/** Makes what is missing on a store that has never had it; what a person deleted later stays deleted. */
export async function makeFirstObjects(store: Store): Promise<void> {
  if (await store.get({ group: '', kind: 'Namespace', namespace: '', name: 'default' })) return;
  for (const object of OBJECTS) {
    try {
      await store.commit({ writes: [{ op: 'create', object }] });
    } catch (error) {
      if (!isCode(error, 'alreadyExists')) throw error;
    }
  }
}
