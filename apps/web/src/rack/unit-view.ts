/** How one host looks in an elevation: ground, words at its right, and the word it is filtered by. Pure. */
import { LABELS } from '@slipway/core/kinds/shared/labels.ts';
import { BEATS, freshness } from '../lib/freshness.ts';
import { span } from '../lib/time.ts';
import type { HostRow } from '../lib/trpc.tsx';

/** What is drawn. */
export interface UnitView {
  /** Legend and filter word: the state, or `error`, or how little is known. */
  word: string;
  ground: 'fault' | 'caution' | 'unknown' | 'stale' | 'idle' | '';
  right: string;
  percent: number | null;
}

const IDLE = new Set(['available', 'unmanaged', 'registering', 'ready']);

/** The look of a host at this moment. Fault and caution grounds go before staleness: they are news, and their own time is in the panel. */
export function unitView(host: HostRow, now: number): UnitView {
  const known = host.managed ? freshness(host.power.readAt, BEATS.power, now) : 'fresh';
  const percent = host.progress?.percent ?? null;
  const base = { percent: host.error ? null : percent };
  if (host.error) return { ...base, word: 'error', ground: 'fault', right: host.error.type };
  if (host.because?.tone === 'fault') return { ...base, word: stateOf(host), ground: 'fault', right: activity(host) };
  if (known === 'unknown') return { ...base, word: 'unknown', ground: 'unknown', right: 'unknown' };
  if (known === 'stale')
    return { ...base, word: 'stale', ground: 'stale', right: `seen ${span(now - Date.parse(host.power.readAt ?? ''))} ago` };
  const ground = host.because?.tone === 'caution' ? 'caution' : IDLE.has(stateOf(host)) ? 'idle' : '';
  return { ...base, word: stateOf(host), ground, right: activity(host) };
}

function stateOf({ state }: HostRow): string {
  return state === '' ? 'registering' : state;
}

/** Whose it is, or what is being done: consumer, then progress, then role. */
function activity(host: HostRow): string {
  if (host.paused) return 'paused';
  const { progress } = host;
  const step = progress ? progress.step.replaceAll('-', ' ') : '';
  if (progress?.percent !== undefined) return `${step} ${Math.round(progress.percent)} %`;
  if (stateOf(host) !== 'provisioned' && stateOf(host) !== 'available') return step || stateOf(host);
  if (host.consumer) return owner(host);
  return [host.labels.role, host.power.on === false ? 'off' : ''].filter(Boolean).join(' · ');
}

/** The cluster a host serves, `cp` for its control plane; the consumer's own name where no label tells. */
function owner({ labels, consumer }: HostRow): string {
  const cluster = labels[LABELS.clusterName];
  if (!cluster) return consumer?.name ?? '';
  return labels.role === 'control-plane' ? `${cluster} cp` : cluster;
}
