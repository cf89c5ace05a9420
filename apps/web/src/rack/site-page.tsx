'use client';
/** A site's racks with live state: the rack is the map. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { toggleState } from '../hosts/host-query.ts';
import { useNow } from '../lib/live.tsx';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import { type Outputs, useTRPC } from '../lib/trpc.tsx';
import { count, plural } from '../lib/units.ts';
import { useUrlState } from '../lib/url-state.ts';
import { Mark } from '../ui/mark.tsx';
import { Empty, Title, Waiting } from '../ui/parts.tsx';
import { Elevation, hostKey, type Rack } from './elevation.tsx';
import { HostPanel } from './host-panel.tsx';
import { type Cell, step } from './layout.ts';
import { Legend } from './legend.tsx';

type SiteRacks = Outputs['racks']['site'];

const KEYS = { ArrowUp: 'up', k: 'up', ArrowDown: 'down', j: 'down', ArrowLeft: 'left', ArrowRight: 'right' } as const;

/** The page of one site. */
export function SitePage({ site }: { site: string }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.racks.site.queryOptions({ site }, { placeholderData: keepPreviousData }));
  if (!data) return <Waiting error={error} what={`the racks of ${site}`} />;
  return <Racks data={data} />;
}

function Racks({ data }: { data: SiteRacks }) {
  const [url, setUrl] = useUrlState();
  const now = useNow();
  const groups = useMemo(() => groupsOf(data.racks), [data.racks]);
  const racks = groups.find(({ key }) => key === url.row)?.racks ?? groups[0]?.racks ?? [];
  const hosts = racks.flatMap((rack) => rack.hosts);
  const everyone = [...data.racks.flatMap((rack) => rack.hosts), ...data.unplaced];
  const selected = everyone.find((host) => hostKey(host) === url.host) ?? null;
  const lit = new Set(url.states?.split(',').filter(Boolean));
  const row = groups.find(({ racks: of }) => of === racks);
  return (
    <>
      <Title name={row?.title ?? data.site.name} state={`${plural(racks.length, 'rack')} · ${plural(hosts.length, 'host')}`}>
        <Needs hosts={hosts} />
        {groups.length > 1 && (
          <span className="seg">
            {groups.map(({ key, title }) => (
              <button
                key={key}
                type="button"
                aria-pressed={key === row?.key}
                onClick={() => setUrl({ row: key, host: undefined })}
              >
                {title}
              </button>
            ))}
          </span>
        )}
      </Title>
      <div className="with-aside border-t border-line-1">
        <div className="min-w-0 flex flex-col bg-surface-0">
          {racks.length > 0 ? (
            <Row racks={racks} now={now} lit={lit} selected={url.host ?? null} onSelect={(key) => setUrl({ host: key })} />
          ) : (
            <Empty
              what={`No racks at ${data.site.name} yet.`}
              why="Racks are objects of their own; hosts hang in them by the labels fleet.slipway.dev/rack and /unit."
            />
          )}
          <Unplaced hosts={data.unplaced} onSelect={(key) => setUrl({ host: key })} />
          <span className="flex-1" />
          <Legend hosts={hosts} now={now} lit={lit} onToggle={(word) => setUrl({ states: toggleState(url.states, word) })} />
        </div>
        <aside aria-label="Selected host">
          <HostPanel host={selected} now={now} />
        </aside>
      </div>
    </>
  );
}

interface RowProps {
  racks: Rack[];
  now: number;
  lit: ReadonlySet<string>;
  selected: string | null;
  onSelect: (key: string) => void;
}

/** A row of racks: one tab stop, arrows inside. */
function Row({ racks, now, lit, selected, onSelect }: RowProps) {
  const cells: Cell[] = racks.flatMap((rack, index) =>
    inOrder(rack).map((host) => ({ key: hostKey(host), rack: index, unit: host.unit ?? 0 })),
  );
  const [stop, setStop] = useState<string | null>(null);
  const known = (key: string | null) => (cells.some((cell) => cell.key === key) ? key : null);
  const tabStop = known(stop) ?? known(selected) ?? cells[0]?.key ?? null;
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = KEYS[event.key as keyof typeof KEYS];
    if (!direction || tabStop === null || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const next = step(cells, tabStop, direction);
    setStop(next);
    onSelect(next);
    document.getElementById(`unit-${next}`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move focus between the buttons inside; each is reachable and pressable itself
    <div className="racks" onKeyDown={onKeyDown}>
      {racks.map((rack) => (
        <section key={rack.name} aria-label={plain(rack.name)} className="min-w-0">
          <header className="h-10">
            <div className="flex items-baseline gap-2">
              <h2 className="name">{plain(rack.name)}</h2>
              <span className="text-xs text-ink-3 name">{plain(rack.facilityID)}</span>
            </div>
            <p className="flex items-center gap-2 text-xs text-ink-2 whitespace-nowrap">
              <span className="grow">{plural(rack.hosts.length, 'host')}</span>
              <Needs hosts={rack.hosts} short />
            </p>
          </header>
          <Elevation rack={rack} now={now} lit={lit} selected={selected} tabStop={tabStop} onSelect={onSelect} />
        </section>
      ))}
    </div>
  );
}

function inOrder(rack: Rack) {
  return rack.order === 'ascending' ? rack.hosts : [...rack.hosts].reverse();
}

function groupsOf(racks: readonly Rack[]): { key: string; title: string; racks: Rack[] }[] {
  const groups = Map.groupBy(racks, ({ hall, row }) => [hall, row].filter(Boolean).join('/'));
  return [...groups].map(([key, of]) => {
    const { hall = '', row = '' } = of[0] ?? {};
    return { key, title: [hall, row ? `row ${row}` : ''].filter(Boolean).join(' / ') || 'Racks', racks: of };
  });
}

/** How many need a person, by mark and word. */
function Needs({ hosts, short = false }: { hosts: readonly Rack['hosts'][number][]; short?: boolean }) {
  const fault = hosts.filter((host) => host.error || host.because?.tone === 'fault').length;
  const caution = hosts.filter((host) => !host.error && host.because?.tone === 'caution').length;
  return (
    <>
      {fault > 0 && (
        <span className="inline-flex items-center gap-[5px] text-xs font-medium text-fault-ink">
          <Mark name="failed" />
          {count(fault)} {short ? 'now' : `${fault === 1 ? 'needs' : 'need'} you now`}
        </span>
      )}
      {caution > 0 && (
        <span className="inline-flex items-center gap-[5px] text-xs font-medium text-caution-ink">
          <Mark name="degraded" />
          {count(caution)} soon
        </span>
      )}
    </>
  );
}

function Unplaced({ hosts, onSelect }: { hosts: SiteRacks['unplaced']; onSelect: (key: string) => void }) {
  if (hosts.length === 0) return null;
  return (
    <section aria-label="Without a place" className="px-3 py-2 text-xs">
      <h2 className="mb-1">Without a place · {plural(hosts.length, 'host')}</h2>
      <p className="text-ink-3 mb-1">They belong to the site, but their labels name no rack and unit of it.</p>
      <ul className="flex flex-wrap gap-x-4">
        {hosts.slice(0, 30).map((host) => (
          <li key={host.uid}>
            <button type="button" className="link min-h-6 cursor-pointer" onClick={() => onSelect(hostKey(host))}>
              {plain(host.name)}
            </button>
          </li>
        ))}
        {hosts.length > 30 && (
          <li>
            <Link className="link" href={paths.hosts({ site: hosts[0]?.site ?? undefined })}>
              all {count(hosts.length)}
            </Link>
          </li>
        )}
      </ul>
    </section>
  );
}
