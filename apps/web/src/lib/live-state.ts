/** How fresh the whole screen is, and which queries a hint makes old. Pure: the stream itself is in live.tsx. */
import { BEATS } from './freshness.ts';

/** The stream as last seen. `lastAt` and `since` are the reader's clock, milliseconds; `skewMs` is server minus reader. */
export interface LiveState {
  connected: boolean;
  lastAt: number | null;
  skewMs: number;
}

/** What the top bar says. */
export type ScreenFreshness =
  | { kind: 'starting' }
  | { kind: 'live'; ageMs: number }
  | { kind: 'reconnecting'; dataOf: number }
  | { kind: 'down'; since: number };

/** Live while beats come; reconnecting from two missed beats on; down from ten on. */
export function screenFreshness({ connected, lastAt }: LiveState, now: number): ScreenFreshness {
  if (lastAt === null) return { kind: 'starting' };
  const ageMs = Math.max(0, now - lastAt);
  if (ageMs > 10 * BEATS.stream) return { kind: 'down', since: lastAt };
  if (ageMs > 2 * BEATS.stream || (!connected && ageMs > BEATS.stream)) return { kind: 'reconnecting', dataOf: lastAt };
  return { kind: 'live', ageMs };
}

/** Areas of the router. */
export type Area = 'fleet' | 'hosts' | 'racks' | 'clusters' | 'objects';

const KIND_AREAS: Record<string, readonly Area[]> = {
  BareMetalHost: ['fleet', 'hosts', 'racks', 'clusters'],
  HardwareData: ['hosts'],
  Site: ['fleet', 'hosts', 'racks'],
  Rack: ['fleet', 'hosts', 'racks'],
  Event: ['hosts', 'clusters'],
  Cluster: ['fleet', 'clusters'],
  Machine: ['fleet', 'clusters'],
  Metal3Machine: ['clusters'],
  MachineSet: ['clusters'],
  MachineDeployment: ['fleet', 'clusters'],
  KubeadmControlPlane: ['fleet', 'clusters'],
};

/** Which areas are old after these hints. An observation counts as one of its subject's kind. */
export function areasOf(hints: {
  objects: readonly { kind: string }[];
  observations: readonly { subject: string }[];
}): Set<Area> {
  const kinds = [
    ...hints.objects.map(({ kind }) => kind),
    ...hints.observations.map(({ subject }) => subject.split('/')[1] ?? ''),
  ];
  return new Set(kinds.flatMap((kind) => [...(KIND_AREAS[kind] ?? []), 'objects' as const]));
}
