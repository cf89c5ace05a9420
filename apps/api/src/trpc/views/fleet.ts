/** The overview: what needs a person, and counts by state, site and rack. Pure over what was read. */
import type { Because } from '@slipway/core/runtime/define-reconciler.ts';
import type { ClusterRow } from './clusters.ts';
import { type FleetRead, tally } from './fleet-read.ts';
import { type HostRow, hostTone, isMoving, stateWord } from './hosts.ts';

/** Something that will not end well by itself, most urgent first. */
export interface AttentionItem {
  tone: 'fault' | 'caution';
  kind: string;
  namespace: string;
  name: string;
  /** The state's word, so that the phase does not hide behind the error. */
  state: string;
  because: Because;
  place: { site: string; rack: string | null; unit: number | null } | null;
}

/** Hosts of a rack or site. */
export interface Tally {
  hosts: number;
  states: { word: string; count: number }[];
  fault: number;
  caution: number;
  moving: number;
  /** When each managed host's power was last read; the browser tells fresh, stale and unknown apart as time goes on. */
  readings: { at: string | null; count: number }[];
}

/** The overview's data. */
export interface FleetSummary {
  now: string;
  total: Tally;
  sites: { name: string; displayName: string; tally: Tally; racks: { name: string; tally: Tally }[] }[];
  /** Hosts that belong to no site. */
  elsewhere: number;
  attention: AttentionItem[];
  /** Beyond those listed. */
  moreAttention: number;
  clusters: ClusterRow[];
}

const MOST_ATTENTION = 50;

/** Sums up. `others` are sentences of objects that are neither hosts nor clusters. `site` narrows hosts and attention to one site. */
export function fleetSummary(fleet: FleetRead, clusters: readonly ClusterRow[], site?: string): FleetSummary {
  const hosts = site ? fleet.hosts.filter((host) => host.site === site) : fleet.hosts;
  const attention = [...hosts.flatMap(hostAttention), ...clusters.flatMap(clusterAttention), ...ownerAttention(fleet)].sort(
    (a, b) =>
      Number(a.tone === 'caution') - Number(b.tone === 'caution') || (b.because.since ?? '').localeCompare(a.because.since ?? ''),
  );
  return {
    now: fleet.now,
    total: tallyOf(hosts),
    sites: fleet.sites.map((one) => siteTally(fleet, one.metadata.name, one.spec.displayName ?? '')),
    elsewhere: fleet.hosts.filter((host) => host.site === null).length,
    attention: attention.slice(0, MOST_ATTENTION),
    moreAttention: Math.max(0, attention.length - MOST_ATTENTION),
    clusters: [...clusters],
  };
}

/** Counts of some hosts. */
export function tallyOf(hosts: readonly HostRow[]): Tally {
  const tones = hosts.map(hostTone);
  return {
    hosts: hosts.length,
    states: tally(hosts.map(stateWord)),
    fault: tones.filter((tone) => tone === 'fault').length,
    caution: tones.filter((tone) => tone === 'caution').length,
    moving: hosts.filter(isMoving).length,
    readings: readingsOf(hosts),
  };
}

function siteTally(fleet: FleetRead, name: string, displayName: string): FleetSummary['sites'][number] {
  const hosts = fleet.hosts.filter((host) => host.site === name);
  const racks = fleet.racks.filter((rack) => rack.spec.site === name).map((rack) => rack.metadata.name);
  racks.sort(new Intl.Collator('en', { numeric: true }).compare);
  const perRack = racks.map((rack) => ({ name: rack, tally: tallyOf(hosts.filter((host) => host.rack === rack)) }));
  return { name, displayName, tally: tallyOf(hosts), racks: perRack };
}

/** Readings to the second, so that ten thousand hosts make a short list. */
function readingsOf(hosts: readonly HostRow[]): Tally['readings'] {
  const counts = new Map<string | null, number>();
  for (const host of hosts) {
    if (!host.managed) continue;
    const at = host.power.readAt ? `${host.power.readAt.slice(0, 18)}0Z` : null;
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return [...counts].map(([at, count]) => ({ at, count }));
}

function hostAttention(host: HostRow): AttentionItem[] {
  const tone = hostTone(host);
  if (tone === null) return [];
  const because = host.because ?? { sentence: host.error?.message || `${host.error?.type}`, tone };
  const place = host.site ? { site: host.site, rack: host.rack, unit: host.unit } : null;
  const state = host.error ? `${host.state || 'registering'}, with error` : host.state;
  return [
    { tone, kind: 'BareMetalHost', namespace: host.namespace, name: host.name, state, because: { ...because, tone }, place },
  ];
}

function clusterAttention(cluster: ClusterRow): AttentionItem[] {
  const { because, namespace, name, phase } = cluster;
  if (!because || because.tone === 'waits') return [];
  return [{ tone: because.tone, kind: 'Cluster', namespace, name, state: phase, because, place: null }];
}

/** Kinds between cluster and metal whose trouble a person has to see: a Machine that finds no host shows on no host. */
const OWNERS = new Set(['Machine', 'Metal3Machine', 'KubeadmControlPlane', 'MachineDeployment', 'MachineHealthCheck']);

function ownerAttention(fleet: FleetRead): AttentionItem[] {
  const found: AttentionItem[] = [];
  const said = new Set<string>();
  for (const [subject, observation] of fleet.sentences) {
    const [, kind = '', namespace = '', name = ''] = subject.split('/');
    const because = observation.data as unknown as Because | null;
    if (!OWNERS.has(kind) || !because || because.tone === 'waits') continue;
    // A Machine and its Metal3Machine say the same in one breath.
    const key = `${namespace}/${because.sentence}`;
    if (said.has(key)) continue;
    said.add(key);
    found.push({ tone: because.tone, kind, namespace, name, state: '', because, place: null });
  }
  return found;
}
