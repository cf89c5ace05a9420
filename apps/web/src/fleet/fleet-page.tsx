'use client';
/** The overview: what needs a person first, then what there is. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { clusterColumns } from '../clusters/cluster-columns.tsx';
import { isMoving, movingText } from '../clusters/moving.ts';
import { useSite } from '../frame/site.ts';
import { useNow } from '../lib/live.tsx';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import { type Outputs, useTRPC } from '../lib/trpc.tsx';
import { count, plural } from '../lib/units.ts';
import { Table } from '../table/table.tsx';
import { Mark } from '../ui/mark.tsx';
import { hostMark } from '../ui/marks.ts';
import { Empty, Section, Title, Waiting } from '../ui/parts.tsx';
import { Scroller } from '../ui/scroller.tsx';
import { Attention } from './attention.tsx';
import { knownOf } from './known.ts';
import { RackTallies } from './rack-tallies.tsx';

type Summary = Outputs['fleet']['summary'];

/** The page. */
export function FleetPage() {
  const site = useSite();
  const now = useNow();
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.fleet.summary.queryOptions(site ? { site } : {}, { placeholderData: keepPreviousData }));
  if (!data) return <Waiting error={error} what="the fleet" />;
  const sites = data.sites.filter(({ name }) => !site || name === site);
  const needs = data.attention.length + data.moreAttention;
  return (
    <>
      <Title name={site ? `Fleet at ${site}` : 'Fleet'} state={headline(data, needs)} />
      <div className="px-6 max-mid:px-3 pb-8 flex flex-col gap-7">
        <Ledger data={data} now={now} site={site} />
        <Attention items={data.attention} more={data.moreAttention} now={now} />
        <Section title="Clusters" note={plural(data.clusters.length, 'cluster')}>
          {data.clusters.length > 0 ? (
            <Scroller label="Clusters">
              <Table
                label="Clusters"
                kind="tight"
                columns={clusterColumns(now)}
                rows={data.clusters}
                keyOf={(row) => `${row.namespace}/${row.name}`}
              />
            </Scroller>
          ) : (
            <p className="text-ink-3 py-2">No clusters yet: apply a Cluster with its control plane and workers.</p>
          )}
        </Section>
        {sites.map((one) => (
          <Section
            key={one.name}
            title={plain(one.displayName ? `${one.name} · ${one.displayName}` : one.name)}
            note={`${plural(one.racks.length, 'rack')} · ${plural(one.tally.hosts, 'host')}`}
            right={
              <Link className="link text-xs min-h-6" href={paths.site(one.name)}>
                Elevations
              </Link>
            }
          >
            <RackTallies site={one.name} racks={one.racks} now={now} />
          </Section>
        ))}
        {data.sites.length === 0 && data.total.hosts === 0 && (
          <Empty what="Nothing here yet." why="A Site comes first, then its racks and hosts.">
            <code className="mono">kubectl apply -f site.yaml</code>
          </Empty>
        )}
      </div>
    </>
  );
}

function headline(data: Summary, needs: number): string {
  const moving = movingText(data.total.moving, data.clusters.filter(isMoving).length).replace('Nothing', 'nothing');
  return `${needs === 0 ? 'nothing needs you' : `${count(needs)} ${needs === 1 ? 'needs' : 'need'} a person`} · ${moving}`;
}

/** Hosts by state, and how much of that can be believed. */
function Ledger({ data, now, site }: { data: Summary; now: number; site: string | undefined }) {
  const known = knownOf(data.total.readings, now);
  return (
    <ul className="ledger" aria-label="Hosts by state">
      <li>
        <p>Hosts</p>
        <strong className="text-xl!">{count(data.total.hosts)}</strong>
      </li>
      {data.total.states.map(({ word, count: n }) => (
        <li key={word} className={word === 'error' ? 'bg-fault-soft' : ''}>
          <Link href={paths.hosts({ site, state: word })}>
            <p>
              <Mark name={hostMark(word, word === 'error')} />
              {word}
            </p>
            <strong>{count(n)}</strong>
          </Link>
        </li>
      ))}
      <li className="grow-[3]">
        <p>
          <Mark name={known.unknown > 0 ? 'unknown' : known.stale > 0 ? 'stale' : 'well'} />
          Power, as last read
        </p>
        <span className="leading-[34px]">
          {[
            `${count(known.fresh)} fresh`,
            known.stale > 0 ? `${count(known.stale)} stale` : '',
            known.unknown > 0 ? `${count(known.unknown)} unknown` : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </li>
    </ul>
  );
}
