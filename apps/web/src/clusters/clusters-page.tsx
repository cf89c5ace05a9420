'use client';
/** All clusters. */
import { useQuery } from '@tanstack/react-query';
import { useNow } from '../lib/live.tsx';
import { useTRPC } from '../lib/trpc.tsx';
import { plural } from '../lib/units.ts';
import { Table } from '../table/table.tsx';
import { Empty, Title, Waiting } from '../ui/parts.tsx';
import { clusterColumns } from './cluster-columns.tsx';

/** The page. */
export function ClustersPage() {
  const now = useNow();
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.clusters.list.queryOptions());
  if (!data) return <Waiting error={error} what="the clusters" />;
  return (
    <>
      <Title name="Clusters" state={plural(data.rows.length, 'cluster')} />
      {data.rows.length > 0 ? (
        <div className="overflow-x-clip">
          <Table
            label="Clusters"
            columns={clusterColumns(now)}
            rows={data.rows}
            keyOf={(row) => `${row.namespace}/${row.name}`}
          />
        </div>
      ) : (
        <Empty what="No clusters yet." why="A Cluster stands here once it is applied with its control plane and infrastructure.">
          <code className="mono">kubectl apply -f examples/production/</code>
        </Empty>
      )}
    </>
  );
}
