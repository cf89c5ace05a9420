'use client';
/** The hosts table: filtered, sorted and paged by the API, all of it in the URL. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNow } from '../lib/live.tsx';
import { useTRPC } from '../lib/trpc.tsx';
import { count, plural } from '../lib/units.ts';
import { useUrlState } from '../lib/url-state.ts';
import { Table } from '../table/table.tsx';
import { Empty, Title, Waiting } from '../ui/parts.tsx';
import { hostColumns } from './host-columns.tsx';
import { HostFilters } from './host-filters.tsx';
import { readHostQuery } from './host-query.ts';

/** The page. */
export function HostsPage() {
  const [url, setUrl] = useUrlState();
  const now = useNow();
  const trpc = useTRPC();
  const query = readHostQuery(url);
  const { data, error } = useQuery(trpc.hosts.list.queryOptions(query, { placeholderData: keepPreviousData }));
  const sorting = {
    by: query.sort,
    descending: query.descending,
    change: (by: string, descending: boolean) => setUrl({ sort: `${descending ? '-' : ''}${by}`, page: undefined }),
  };
  return (
    <>
      <Title name="Hosts" state={data && `${plural(data.total, 'host')}${query.site ? ` at ${query.site}` : ''}`} />
      <HostFilters url={url} setUrl={setUrl} states={data?.states ?? []} error={error?.message} />
      {data ? (
        <>
          <CountLine data={data} />
          {data.rows.length > 0 ? (
            <div className="overflow-x-clip">
              <Table
                label="Hosts"
                columns={hostColumns(now)}
                rows={data.rows}
                keyOf={(row) => row.uid}
                sorting={sorting}
                total={data.matching}
              />
            </div>
          ) : (
            <NoHosts
              none={data.total === 0}
              clear={() => setUrl({ state: undefined, text: undefined, labels: undefined, page: undefined })}
            />
          )}
          <Pager page={data.page} pages={data.pages} go={(page) => setUrl({ page: page > 1 ? String(page) : undefined })} />
        </>
      ) : (
        <Waiting error={error} what="the hosts" />
      )}
    </>
  );
}

interface Counted {
  total: number;
  matching: number;
  rows: readonly unknown[];
  hidden: readonly { by: string; count: number }[];
}

/** What is hidden is always said. */
function CountLine({ data }: { data: Counted }) {
  const hidden = data.hidden.map(({ by, count: n }) => `${count(n)} by ${by}`).join(', ');
  return (
    <p className="px-6 max-mid:px-3 py-1 text-xs text-ink-3" aria-live="polite">
      {plural(data.total, 'host')} · {count(data.rows.length)} shown
      {data.matching > data.rows.length && ` of ${count(data.matching)} that match`}
      {hidden && ` · hidden: ${hidden}`}
    </p>
  );
}

function NoHosts({ none, clear }: { none: boolean; clear: () => void }) {
  if (none) {
    return (
      <Empty what="No hosts yet." why="Servers stand here once a BareMetalHost names their BMC.">
        <code className="mono">kubectl apply -f host.yaml</code>
      </Empty>
    );
  }
  return (
    <Empty what="No host matches." why="All hosts of this scope are hidden by the filters above.">
      <button type="button" className="btn" onClick={clear}>
        Clear filters
      </button>
    </Empty>
  );
}

function Pager({ page, pages, go }: { page: number; pages: number; go: (page: number) => void }) {
  if (pages < 2) return null;
  return (
    <nav className="flex items-center gap-3 px-6 py-3" aria-label="Pages">
      <button type="button" className="btn" aria-disabled={page <= 1} onClick={() => page > 1 && go(page - 1)}>
        Previous
      </button>
      <span className="text-ink-2">
        Page {page} of {pages}
      </span>
      <button type="button" className="btn" aria-disabled={page >= pages} onClick={() => page < pages && go(page + 1)}>
        Next
      </button>
    </nav>
  );
}
