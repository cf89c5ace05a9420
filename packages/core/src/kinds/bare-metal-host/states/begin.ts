/** New hosts, hosts without BMC, and registration. */
import { HOST_FINALIZER } from '../kind.ts';
import type { Outcome } from '../outcome.ts';
import { hasBmc, type View } from '../view.ts';
import { startInspecting, startPreparing } from './moves.ts';

/** The label by which a Secret's change finds its hosts. */
export const BMC_SECRET_LABEL = 'fleet.slipway.dev/bmc-secret';

/** '': the finalizer goes on before anything is done that would have to be undone. */
export function begin(view: View): Outcome {
  const managed = hasBmc(view);
  return {
    go: 'goto',
    state: managed ? 'registering' : 'unmanaged',
    events: managed ? [] : [{ type: 'Normal', reason: 'Discovered', message: 'Discovered host without BMC details' }],
    change: (host) => {
      const finalizers = host.metadata.finalizers ?? [];
      if (!finalizers.includes(HOST_FINALIZER)) host.metadata.finalizers = [...finalizers, HOST_FINALIZER];
    },
  };
}

/** unmanaged: a host in the inventory that nobody can reach. */
export function unmanaged(view: View): Outcome {
  if (hasBmc(view)) return { go: 'goto', state: 'registering' };
  return {
    go: 'wait',
    because: {
      sentence: 'The host has no BMC address: nothing can be done to it.',
      since: view.host.metadata.creationTimestamp,
      tone: 'caution',
      wayOut: 'Fill in spec.bmc.address and spec.bmc.credentialsName.',
    },
  };
}

/** registering: contact.ts has just succeeded. */
export function registering(view: View): Outcome {
  const registered = { type: 'Normal', reason: 'Registered', message: 'Registered new host' } as const;
  if (view.host.spec.externallyProvisioned) return { go: 'goto', state: 'externally provisioned', events: [registered] };
  const start = inspectionDisabled(view) ? startPreparing(view, { fresh: true }) : startInspecting(view);
  return { ...start, events: [registered, ...(start.events ?? [])] };
}

/** Whether this host is taken in without looking inside. */
export function inspectionDisabled(view: View): boolean {
  return view.host.spec.inspectionMode === 'disabled' || view.host.metadata.annotations?.['inspect.metal3.io'] === 'disabled';
}
