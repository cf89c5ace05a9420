/** One host, whole: what it is, what was found in it, what was done to it. */
import { BareMetalHost, type BareMetalHostObject } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { HardwareData, type HardwareDetails } from '@slipway/core/kinds/hardware-data/kind.ts';
import { Rack } from '@slipway/core/kinds/rack/kind.ts';
import { Site } from '@slipway/core/kinds/site/kind.ts';
import type { Condition, KubeObject } from '@slipway/core/store/object.ts';
import type { Operation, Store } from '@slipway/core/store/store.ts';
import { subjectOf } from './because.ts';
import { type EventView, eventsAbout } from './events.ts';
import { type HostRow, hostRow } from './hosts.ts';
import { all, one } from './read.ts';

/** Time in one of Metal3's four operations. */
export interface LifeView {
  step: 'registering' | 'inspecting' | 'provisioning' | 'deprovisioning';
  start: string;
  end: string | null;
}

/** An act on the host. Never its arguments' secrets: operations hold none. */
export interface OperationView {
  id: string;
  kind: string;
  state: Operation['state'];
  attempts: number;
  createdAt: string;
  finishedAt: string | null;
  error: string | null;
}

/** The page of one host. */
export interface HostDetail {
  now: string;
  row: HostRow;
  place: { site: string | null; hall: string | null; row: string | null; rack: string | null; unit: number | null };
  bmc: { address: string; credentialsName: string; verifiesCertificate: boolean } | null;
  bootMAC: string | null;
  rootDeviceHints: Record<string, string | number | boolean>;
  image: string | null;
  hardware: HardwareDetails | null;
  inspectedAt: string | null;
  conditions: Condition[];
  life: LifeView[];
  operations: OperationView[];
  events: EventView[];
  /** Without managedFields, which nobody reads. */
  object: KubeObject;
}

/** Reads one host. Throws `notFound`. */
export async function hostDetail(store: Store, namespace: string, name: string): Promise<HostDetail> {
  const host = await one(store, BareMetalHost, namespace, name);
  const subject = subjectOf(host);
  const [now, sites, seen, operations, hardware, events] = await Promise.all([
    store.now(),
    all(store, Site),
    store.observations(subject),
    store.operations(host.metadata.uid),
    store.get({ group: HardwareData.group, kind: HardwareData.kind, namespace, name }),
    eventsAbout(store, namespace, (object) => object.uid === host.metadata.uid, 200),
  ]);
  const bySource = (source: string) => new Map(seen.filter((one) => one.source === source).map((one) => [subject, one]));
  const context = { sites, sentences: bySource('because'), power: bySource('power'), progress: bySource('progress') };
  const row = hostRow(host, context);
  return {
    now: now.toISOString(),
    row,
    place: await placeOf(store, row),
    bmc: bmcOf(host),
    bootMAC: host.spec.bootMACAddress?.toLowerCase() ?? null,
    rootDeviceHints: host.spec.rootDeviceHints ?? {},
    image: host.status?.provisioning?.image?.url ?? host.spec.image?.url ?? null,
    hardware: (hardware?.spec as { hardware?: HardwareDetails } | undefined)?.hardware ?? null,
    inspectedAt: hardware?.metadata.creationTimestamp ?? null,
    conditions: host.status?.conditions ?? [],
    life: lifeOf(host),
    operations: operations.map(operationView),
    events,
    object: withoutManagedFields(host),
  };
}

async function placeOf(store: Store, row: HostRow): Promise<HostDetail['place']> {
  const rack = row.rack ? await store.get({ group: Rack.group, kind: Rack.kind, namespace: '', name: row.rack }) : null;
  const spec = rack?.spec as { hall?: string; row?: string } | undefined;
  return { site: row.site, hall: spec?.hall ?? null, row: spec?.row ?? null, rack: row.rack, unit: row.unit };
}

function bmcOf(host: BareMetalHostObject): HostDetail['bmc'] {
  const bmc = host.spec.bmc;
  if (!bmc) return null;
  return {
    address: bmc.address,
    credentialsName: bmc.credentialsName,
    verifiesCertificate: bmc.disableCertificateVerification !== true,
  };
}

/** Metal3's operationHistory, in the order in which it happened. */
export function lifeOf(host: BareMetalHostObject): LifeView[] {
  const history = host.status?.operationHistory ?? {};
  const words = {
    register: 'registering',
    inspect: 'inspecting',
    provision: 'provisioning',
    deprovision: 'deprovisioning',
  } as const;
  const periods = (Object.keys(words) as (keyof typeof words)[]).map((key) => ({ step: words[key], ...history[key] }));
  return periods
    .flatMap(({ step, start, end }) => (start ? [{ step, start, end: end ?? null }] : []))
    .sort((a, b) => a.start.localeCompare(b.start));
}

function operationView({ id, kind, state, attempts, createdAt, finishedAt, error }: Operation): OperationView {
  return { id, kind, state, attempts, createdAt, finishedAt: finishedAt ?? null, error: error?.message ?? null };
}

/** An object as the YAML tab shows it. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as KubeObject;
}
