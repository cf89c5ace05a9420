/** A host as lists, racks and the overview show it: kubectl's columns, where it hangs, and what was last seen of it. */
import { parseBmcAddress } from '@slipway/core/kinds/bare-metal-host/bmc-address.ts';
import { type BareMetalHostObject, HOST_ANNOTATIONS } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import type { SiteObject } from '@slipway/core/kinds/site/kind.ts';
import { RACK_LABEL, siteOf, UNIT_LABEL } from '@slipway/core/kinds/site/site-of.ts';
import type { Because } from '@slipway/core/runtime/define-reconciler.ts';
import type { PowerSeen, ProgressSeen } from '@slipway/core/runtime/seen.ts';
import type { Observation } from '@slipway/core/store/store.ts';
import { becauseOf, type Sentences, subjectOf } from './because.ts';

/** What a host's power was, and when that was read. `readAt` undefined = never. */
export interface PowerView {
  on: boolean | null;
  readAt?: string;
  error?: string;
}

/** One host, one line. */
export interface HostRow {
  namespace: string;
  name: string;
  uid: string;
  /** Metal3's state; '' just after creation. */
  state: string;
  status: string;
  error: { type: string; message: string } | null;
  consumer: { namespace: string; name: string; kind: string } | null;
  online: boolean;
  bmc: string;
  /** False where no BMC is given: then nobody can know the power, and nobody expects to. */
  managed: boolean;
  power: PowerView;
  because: Because | null;
  progress: ProgressSeen | null;
  site: string | null;
  rack: string | null;
  unit: number | null;
  labels: Record<string, string>;
  paused: boolean;
  createdAt: string;
}

/** What the rows are made from, besides the hosts. */
export interface HostContext {
  sites: readonly SiteObject[];
  sentences: Sentences;
  power: ReadonlyMap<string, Observation>;
  progress: ReadonlyMap<string, Observation>;
}

/** One host's row. */
export function hostRow(host: BareMetalHostObject, context: HostContext): HostRow {
  const { metadata, spec, status } = host;
  const subject = subjectOf(host);
  const labels = metadata.labels ?? {};
  const address = spec.bmc?.address ?? '';
  const parsed = parseBmcAddress(address);
  const unit = Number(labels[UNIT_LABEL]);
  const consumer = spec.consumerRef;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    state: status?.provisioning?.state ?? '',
    status: status?.operationalStatus ?? '',
    error: status?.errorType ? { type: status.errorType, message: status.errorMessage ?? '' } : null,
    consumer: consumer?.name
      ? { namespace: consumer.namespace ?? metadata.namespace ?? '', name: consumer.name, kind: consumer.kind ?? '' }
      : null,
    online: spec.online,
    bmc: address,
    managed: address !== '',
    power: powerView(context.power.get(subject)),
    because: becauseOf(host, context.sentences),
    progress: progressView(context.progress.get(subject)),
    site: siteOf(host, context.sites, typeof parsed === 'string' ? undefined : parsed.host)?.metadata.name ?? null,
    rack: labels[RACK_LABEL] ?? null,
    unit: Number.isInteger(unit) && unit > 0 ? unit : null,
    labels,
    paused: metadata.annotations?.[HOST_ANNOTATIONS.paused] !== undefined,
    createdAt: metadata.creationTimestamp,
  };
}

/** The word a host is counted and filtered under: `error` in whatever state, since the error is what a person must see. */
export function stateWord(row: Pick<HostRow, 'state' | 'error'>): string {
  if (row.error) return 'error';
  return row.state === '' ? 'registering' : row.state;
}

/** How much a host asks for a person. */
export function hostTone(row: Pick<HostRow, 'error' | 'because'>): 'fault' | 'caution' | null {
  if (row.error || row.because?.tone === 'fault') return 'fault';
  return row.because?.tone === 'caution' ? 'caution' : null;
}

/** States in which work goes on. */
const MOVING = new Set([
  'registering',
  'inspecting',
  'preparing',
  'provisioning',
  'deprovisioning',
  'powering off before delete',
  'deleting',
]);

/** Whether something is being done to the host now. */
export function isMoving(row: Pick<HostRow, 'state' | 'error'>): boolean {
  return row.error === null && MOVING.has(stateWord(row));
}

/** `on` is as old as the last reading that worked, not as the last try. */
export function powerView(observation: Observation | undefined): PowerView {
  const seen = observation?.data as unknown as PowerSeen | null | undefined;
  if (!seen) return { on: null };
  const readAt = seen.readAt ?? (seen.error || seen.on === null ? undefined : observation?.seenAt);
  return { on: seen.on, ...(readAt ? { readAt } : {}), ...(seen.error ? { error: seen.error.message } : {}) };
}

function progressView(observation: Observation | undefined): ProgressSeen | null {
  const seen = observation?.data as unknown as ProgressSeen | null | undefined;
  return seen && typeof seen.step === 'string' ? seen : null;
}
