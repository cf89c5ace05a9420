'use client';
/** The left column: the rooms that exist, with counts; a mark only where a person is needed. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { paths } from '../lib/paths.ts';
import { useTRPC } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';
import { useSite } from './site.ts';

/** The rooms. */
export function Nav() {
  const site = useSite();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.fleet.summary.queryOptions({}));
  const scope = site ? { site } : {};
  const urgent = data?.attention.some(({ tone }) => tone === 'fault');
  const needs = data ? data.attention.length + data.moreAttention : 0;
  const here = data?.sites.find(({ name }) => name === site);
  const racks = here ? here.racks.length : data?.sites.reduce((sum, { racks }) => sum + racks.length, 0);
  const hosts = here ? here.tally.hosts : data?.total.hosts;
  return (
    <nav className="nav" aria-label="Rooms">
      <SiteSwitch site={site} sites={data?.sites ?? []} />
      <Room
        href={paths.fleet(scope)}
        path="/"
        label="Fleet"
        count={needs > 0 ? needs : undefined}
        mark={needs > 0 ? (urgent ? 'failed' : 'degraded') : undefined}
      />
      <Room href={paths.racks(scope)} path="/racks" label="Racks" count={racks} />
      <Room href={paths.hosts(scope)} path="/hosts" label="Hosts" count={hosts} />
      <Room href={paths.clusters(scope)} path="/clusters" label="Clusters" count={data?.clusters.length} />
    </nav>
  );
}

interface RoomProps {
  href: string;
  path: string;
  label: string;
  count?: number;
  mark?: 'failed' | 'degraded';
}

function Room({ href, path, label, count, mark }: RoomProps) {
  const pathname = usePathname();
  const current = path === '/' ? pathname === '/' : pathname.startsWith(path);
  return (
    <Link href={href} aria-current={current ? 'page' : undefined}>
      {label}
      {count !== undefined && (
        <span className="count">
          {mark && <Mark name={mark} label={mark === 'failed' ? 'needs you now' : 'needs you soon'} />}
          {count}
        </span>
      )}
    </Link>
  );
}

function SiteSwitch({ site, sites }: { site: string | undefined; sites: { name: string; displayName: string }[] }) {
  const router = useRouter();
  const pathname = usePathname();
  const go = (name: string) => {
    if (pathname.startsWith('/racks')) router.push(paths.racks({ site: name }));
    else router.push(name ? `${pathname}?site=${encodeURIComponent(name)}` : pathname);
  };
  return (
    <div className="site-switch">
      <select aria-label="Site" value={site ?? ''} onChange={(event) => go(event.target.value)}>
        <option value="">All sites</option>
        {sites.map(({ name, displayName }) => (
          <option key={name} value={name}>
            {displayName ? `${name} · ${displayName}` : name}
          </option>
        ))}
      </select>
      <svg width="8" height="6" viewBox="0 0 8 6" aria-hidden="true">
        <path d="M1 1L4 4.5L7 1" fill="none" stroke="currentColor" strokeWidth="1.3" />
      </svg>
    </div>
  );
}
