/** Namespace (core/v1): the scope of names, and what a deletion takes with it. */
import { z } from 'zod';
import { defineKind } from '../../registry/define-kind.ts';

/** Keeps a Namespace until its reconciler has removed what is in it. Kubernetes holds the same in spec.finalizers. */
export const NAMESPACE_FINALIZER = 'fleet.slipway.dev/namespace-content';

/** Namespaces that exist from the start (DESIGN section 4, Hosts and namespaces). */
export const FIRST_NAMESPACES: readonly string[] = ['default', 'metal3', 'clusters'];

/** The label every Namespace carries, as in Kubernetes; selectors by namespace name rest on it. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Namespace (core/v1). */
export const Namespace = defineKind({
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  hub: 'v1',
  spec: z.object({ finalizers: z.array(z.string()).optional() }).default({}),
  status: z.object({ phase: z.enum(['Active', 'Terminating']).optional() }).optional(),
  statusSubresource: true,
  columns: [
    {
      name: 'Status',
      type: 'string',
      description: 'The status of the namespace',
      of: (namespace) => (namespace.metadata.deletionTimestamp ? 'Terminating' : (namespace.status?.phase ?? 'Active')),
    },
    { name: 'Age', type: 'date', of: (namespace) => namespace.metadata.creationTimestamp },
  ],
  strategicMergeKeys: {},
  selectableFields: ['status.phase'],
  defaults: (namespace) => {
    const { metadata } = namespace;
    metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    namespace.status = { phase: metadata.deletionTimestamp ? 'Terminating' : 'Active' };
    if (metadata.deletionTimestamp || metadata.finalizers?.includes(NAMESPACE_FINALIZER)) return;
    metadata.finalizers = [...(metadata.finalizers ?? []), NAMESPACE_FINALIZER];
  },
  validate: (namespace) =>
    namespace.metadata.name.length > 63
      ? [{ field: 'metadata.name', reason: 'FieldValueTooLong', message: 'a namespace has at most 63 characters' }]
      : [],
  description: 'Namespace provides a scope for names and for deletion.',
});
