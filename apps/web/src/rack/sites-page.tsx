'use client';
/** All sites with their racks; each rack leads to its elevation. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { RackTallies } from '../fleet/rack-tallies.tsx';
import { useNow } from '../lib/live.tsx';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import { useTRPC } from '../lib/trpc.tsx';
import { plural } from '../lib/units.ts';
import { Empty, Title, Waiting } from '../ui/parts.tsx';

/** The page. */
export function SitesPage() {
  const now = useNow();
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.fleet.summary.queryOptions({}));
  if (!data) return <Waiting error={error} what="the sites" />;
  return (
    <>
      <Title name="Racks" state={plural(data.sites.length, 'site')} />
      {data.sites.length === 0 && (
        <Empty what="No sites yet." why="A Site says how its BMCs are reached; racks and hosts belong to one." />
      )}
      {data.sites.map((site) => (
        <section key={site.name} aria-label={plain(site.name)} className="px-6 max-mid:px-3 pb-6">
          <h2 className="text-md">
            <Link className="hover:underline underline-offset-2" href={paths.site(site.name)}>
              {plain(site.name)}
            </Link>{' '}
            <span className="text-sm font-normal text-ink-2">
              {plain(site.displayName)} · {plural(site.racks.length, 'rack')} · {plural(site.tally.hosts, 'host')}
            </span>
          </h2>
          <RackTallies site={site.name} racks={site.racks} now={now} />
        </section>
      ))}
      {data.elsewhere > 0 && (
        <p className="px-6 pb-6 text-ink-2">
          {plural(data.elsewhere, 'host')} belong to no site: no label names one, and no site's networks hold their BMC.
        </p>
      )}
    </>
  );
}
