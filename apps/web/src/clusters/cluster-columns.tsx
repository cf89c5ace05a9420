/** Columns of the clusters table: kubectl's, and the reason. */
import { paths } from '../lib/paths.ts';
import type { ClusterRow } from '../lib/trpc.tsx';
import { NameCell, Ratio } from '../table/cells.tsx';
import type { Column } from '../table/table.tsx';
import { BecauseLine } from '../ui/because.tsx';
import { Mark } from '../ui/mark.tsx';
import { clusterMark } from '../ui/marks.ts';
import { Age } from '../ui/parts.tsx';
import { reachText } from './reach.ts';

/** The columns at this moment. */
export function clusterColumns(now: number): Column<ClusterRow>[] {
  return [
    {
      key: 'name',
      head: 'Name',
      cell: (row) => (
        <NameCell
          mark={clusterMark(row.phase, row.available)}
          name={row.name}
          href={paths.cluster(row.namespace, row.name)}
          paused={row.paused}
        />
      ),
    },
    { key: 'namespace', head: 'Namespace', wide: true, cell: (row) => <span className="text-ink-2">{row.namespace}</span> },
    { key: 'phase', head: 'Phase', cell: (row) => row.phase },
    {
      key: 'available',
      head: 'Available',
      minor: true,
      cell: (row) => (row.available === null ? <Unknown /> : row.available ? 'True' : 'False'),
    },
    {
      key: 'cp',
      head: 'Control plane',
      num: true,
      cell: (row) => <Ratio part={row.controlPlane.available} whole={row.controlPlane.desired} />,
    },
    {
      key: 'workers',
      head: 'Workers',
      num: true,
      cell: (row) => <Ratio part={row.workers.available} whole={row.workers.desired} />,
    },
    { key: 'version', head: 'Version', minor: true, cell: (row) => <span className="mono">{row.version || '–'}</span> },
    { key: 'nodes', head: 'Nodes seen', minor: true, cell: (row) => <Reach row={row} now={now} /> },
    { key: 'because', head: 'Because', minor: true, rest: true, cell: (row) => <Why row={row} /> },
    { key: 'age', head: 'Age', num: true, minor: true, cell: (row) => <Age at={row.createdAt} now={now} /> },
  ];
}

function Unknown() {
  return (
    <span className="inline-flex items-center gap-[6px]">
      <Mark name="unknown" />
      Unknown
    </span>
  );
}

/** Lost contact is told apart from sickness. */
export function Reach({ row, now }: { row: Pick<ClusterRow, 'reach'>; now: number }) {
  const { mark, text } = reachText(row.reach, now);
  return (
    <span className="inline-flex items-center gap-[6px] text-ink-2" title={row.reach?.error}>
      {mark && <Mark name={mark} />}
      {text}
    </span>
  );
}

function Why({ row }: { row: ClusterRow }) {
  if (!row.because) return null;
  const ink = { fault: 'text-fault-ink', caution: 'text-caution-ink', waits: 'text-ink-2' }[row.because.tone];
  return (
    <div className={`text-xs ${ink}`}>
      <BecauseLine because={row.because} />
    </div>
  );
}
