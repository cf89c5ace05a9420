/** Whether work goes on in a cluster. Pure. */
import type { ClusterRow } from '../lib/trpc.tsx';

/** True while it comes up, goes, or has other machines than it wants. */
export function isMoving({ phase, controlPlane, workers }: Pick<ClusterRow, 'phase' | 'controlPlane' | 'workers'>): boolean {
  if (phase !== 'Provisioned') return phase === 'Provisioning' || phase === 'Pending' || phase === 'Deleting';
  return [controlPlane, workers].some(
    ({ desired = 0, available = 0, upToDate = 0 }) => available !== desired || upToDate !== desired,
  );
}

/** `3 hosts and 1 cluster moving`, `Nothing moving`. */
export function movingText(hosts: number, clusters: number): string {
  const parts = [
    hosts > 0 ? `${hosts} ${hosts === 1 ? 'host' : 'hosts'}` : '',
    clusters > 0 ? `${clusters} ${clusters === 1 ? 'cluster' : 'clusters'}` : '',
  ];
  const said = parts.filter(Boolean).join(' and ');
  return said ? `${said} moving` : 'Nothing moving';
}
