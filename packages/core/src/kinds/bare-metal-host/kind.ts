/** BareMetalHost (metal3.io/v1alpha1): one server, its BMC, what it should run, and how far it is. */
import { defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import { spec } from './spec.ts';
import { status } from './status.ts';
import { hostWarnings, validateHost, validateHostUpdate } from './validate.ts';

/** Keeps a host until it is clean and off. */
export const HOST_FINALIZER = 'baremetalhost.metal3.io';

/** Annotations of hosts, as Metal3 names them. */
export const HOST_ANNOTATIONS = {
  /** Any value: the host is left alone. */
  paused: 'baremetalhost.metal3.io/paused',
  /** Any value: we keep our hands off the server, but keep its state. */
  detached: 'baremetalhost.metal3.io/detached',
  /** `disabled`: no inspection; any other value: inspect again when available. */
  inspect: 'inspect.metal3.io',
} as const;

export const BareMetalHost = defineKind({
  group: 'metal3.io',
  kind: 'BareMetalHost',
  plural: 'baremetalhosts',
  shortNames: ['bmh', 'bmhost'],
  scope: 'Namespaced',
  hub: 'v1alpha1',
  spec,
  status,
  statusSubresource: true,
  columns: [
    {
      name: 'Status',
      type: 'string',
      wide: true,
      description: 'Operational status',
      of: (host) => host.status?.operationalStatus,
    },
    { name: 'State', type: 'string', description: 'Provisioning status', of: (host) => host.status?.provisioning?.state },
    { name: 'Consumer', type: 'string', description: 'Consumer using this host', of: (host) => host.spec.consumerRef?.name },
    {
      name: 'BMC',
      type: 'string',
      wide: true,
      description: 'Address of management controller',
      of: (host) => host.spec.bmc?.address,
    },
    { name: 'Online', type: 'string', description: 'Whether the host is to be online', of: (host) => String(host.spec.online) },
    { name: 'Error', type: 'string', description: 'Type of the most recent error', of: (host) => host.status?.errorType },
    { name: 'Age', type: 'date', description: 'Time since creation', of: (host) => host.metadata.creationTimestamp },
    {
      name: 'Message',
      type: 'string',
      wide: true,
      description: 'The most recent error itself',
      of: (host) => host.status?.errorMessage,
    },
  ],
  defaults: (host) => {
    host.spec.automatedCleaningMode ??= 'metadata';
  },
  validate: validateHost,
  validateUpdate: validateHostUpdate,
  warnings: hostWarnings,
  description: 'A bare-metal server: how to reach its BMC, what to put on its disk, and how far that is.',
});

/** A BareMetalHost object. */
export type BareMetalHostObject = ObjectOf<typeof BareMetalHost>;
