'use client';
/** One host: why it is as it is, its life, its hardware, what was done to it. The tab is in the URL. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useNow } from '../lib/live.tsx';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import { type Outputs, useTRPC } from '../lib/trpc.tsx';
import { PowerCell } from '../table/cells.tsx';
import { ConditionsTable } from '../table/conditions.tsx';
import { BecauseBox } from '../ui/because.tsx';
import { hostMark } from '../ui/marks.ts';
import { Age, Facts, Section, Title, Waiting } from '../ui/parts.tsx';
import { Scroller } from '../ui/scroller.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Yaml } from '../ui/yaml.tsx';
import { placeText, stateText } from './host-columns.tsx';
import { Disks, Network, System } from './host-hardware.tsx';
import { History, LatestEvents } from './host-history.tsx';
import { Life } from './host-life.tsx';

type Detail = Outputs['hosts']['detail'];

/** The page. */
export function HostPage({ namespace, name }: { namespace: string; name: string }) {
  const tab = useSearchParams().get('tab') ?? 'overview';
  const now = useNow();
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.hosts.detail.queryOptions({ namespace, name }, { placeholderData: keepPreviousData }));
  if (!data) return <Waiting error={error} what={name} />;
  const { row } = data;
  const href = (key: string) => paths.host(namespace, name, key === 'overview' ? undefined : key);
  return (
    <>
      <Title
        mark={hostMark(row.state, row.error !== null)}
        name={name}
        state={row.paused ? `${stateText(row)}, paused` : stateText(row)}
      />
      <div className="px-6 max-mid:px-3 pb-2">
        <Facts facts={factsOf(data, now)} />
      </div>
      <Tabs
        label="Views of this host"
        current={tab}
        tabs={[
          { key: 'overview', label: 'Overview', href: href('overview') },
          { key: 'hardware', label: 'Hardware', href: href('hardware') },
          { key: 'conditions', label: 'Conditions', count: data.conditions.length, href: href('conditions') },
          { key: 'history', label: 'History', count: data.operations.length, href: href('history') },
          { key: 'yaml', label: 'YAML', href: href('yaml') },
        ]}
      />
      <Body tab={tab} data={data} now={now} />
    </>
  );
}

function factsOf({ row, place, bmc, bootMAC }: Detail, now: number): [string, React.ReactNode][] {
  const address = placeText(row);
  const full = [
    place.site,
    place.hall,
    place.row ? `row ${place.row}` : null,
    place.rack,
    place.unit === null ? null : `U${place.unit}`,
  ];
  return [
    [
      'Place',
      row.site && row.rack ? (
        <Link
          key="place"
          className="hover:underline underline-offset-2"
          href={paths.site(row.site, { host: `${row.namespace}/${row.name}` })}
        >
          {full.filter(Boolean).join(' / ')}
        </Link>
      ) : (
        address || 'no site, no rack'
      ),
    ],
    ['Consumer', row.consumer ? plain(row.consumer.name) : 'none'],
    ['Power', <PowerCell key="power" power={row.power} managed={row.managed} now={now} />],
    [
      'BMC',
      <span key="bmc" className="mono break-all">
        {bmc ? plain(bmc.address) : 'none given'}
      </span>,
    ],
    ['Boot MAC', bootMAC && <span className="mono">{bootMAC}</span>],
    ['Age', <Age key="age" at={row.createdAt} now={now} />],
  ];
}

function Body({ tab, data, now }: { tab: string; data: Detail; now: number }) {
  switch (tab) {
    case 'yaml':
      return <Yaml object={data.object} label={`YAML of ${data.row.name}`} />;
    case 'conditions':
      return (
        <div className="px-6 max-mid:px-3 py-3">
          <Scroller label="Conditions">
            <ConditionsTable conditions={data.conditions} now={now} />
          </Scroller>
        </div>
      );
    case 'history':
      return <History data={data} now={now} />;
    case 'hardware':
      return (
        <div className="px-6 max-mid:px-3 py-4 grid wide:grid-cols-2 gap-x-8 gap-y-5">
          <System data={data} now={now} />
          <Disks data={data} />
          <Network data={data} />
        </div>
      );
    default:
      return <Overview data={data} now={now} />;
  }
}

function Overview({ data, now }: { data: Detail; now: number }) {
  const { row } = data;
  const because = row.because ?? (row.error ? { sentence: row.error.message || row.error.type, tone: 'fault' as const } : null);
  return (
    <div className="px-6 max-mid:px-3 py-3 flex flex-col gap-5">
      {because && <BecauseBox because={because} now={now} edge />}
      <Life life={data.life} state={row.state} progress={row.progress} now={now} />
      <div className="grid wide:grid-cols-2 gap-x-8 gap-y-5">
        <div className="flex flex-col gap-5 min-w-0">
          <Disks data={data} />
          <Network data={data} />
        </div>
        <div className="flex flex-col gap-5 min-w-0">
          <System data={data} now={now} />
          <Section title="Latest">
            <LatestEvents data={data} now={now} />
          </Section>
        </div>
      </div>
    </div>
  );
}
