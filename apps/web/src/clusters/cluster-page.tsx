'use client';
/** One cluster: its machines as they come up, its conditions, events, YAML. The tab is in the URL. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useNow } from '../lib/live.tsx';
import { paths } from '../lib/paths.ts';
import { type Outputs, useTRPC } from '../lib/trpc.tsx';
import { plural } from '../lib/units.ts';
import { conditionMark } from '../table/cells.tsx';
import { ConditionsTable } from '../table/conditions.tsx';
import { EventsTable } from '../table/events.tsx';
import { Timeline, TimelineKey } from '../timeline/timeline.tsx';
import { BecauseBox } from '../ui/because.tsx';
import { clusterMark } from '../ui/marks.ts';
import { Age, Empty, Facts, Section, Title, Waiting } from '../ui/parts.tsx';
import { Scroller } from '../ui/scroller.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Yaml } from '../ui/yaml.tsx';
import { Reach } from './cluster-columns.tsx';

type Detail = Outputs['clusters']['detail'];

/** The page. */
export function ClusterPage({ namespace, name }: { namespace: string; name: string }) {
  const tab = useSearchParams().get('tab') ?? 'machines';
  const now = useNow();
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.clusters.detail.queryOptions({ namespace, name }, { placeholderData: keepPreviousData }));
  if (!data) return <Waiting error={error} what={name} />;
  const { row } = data;
  const machines = data.groups.reduce((sum, group) => sum + group.machines.length, 0);
  const href = (key: string) => paths.cluster(namespace, name, key === 'machines' ? undefined : key);
  return (
    <>
      <Title mark={clusterMark(row.phase, row.available)} name={name} state={stateLine(data)} />
      <div className="px-6 max-mid:px-3 pb-2">
        <Facts
          facts={[
            ['Namespace', row.namespace],
            ['Version', row.version && <span className="mono">{row.version}</span>],
            ['Endpoint', row.endpoint && <span className="mono">{row.endpoint}</span>],
            ['Control plane', ratio(row.controlPlane)],
            ['Workers', ratio(row.workers)],
            ['Nodes seen', <Reach key="reach" row={row} now={now} />],
            ['Age', <Age key="age" at={row.createdAt} now={now} />],
          ]}
        />
      </div>
      <Tabs
        label="Views of this cluster"
        current={tab}
        tabs={[
          { key: 'machines', label: 'Machines', count: machines, href: href('machines') },
          { key: 'conditions', label: 'Conditions', count: data.conditions.length, href: href('conditions') },
          { key: 'events', label: 'Events', count: data.events.length, href: href('events') },
          { key: 'yaml', label: 'YAML', href: href('yaml') },
        ]}
      />
      {row.because && (
        <div className="px-6 max-mid:px-3 pt-3">
          <BecauseBox because={row.because} now={now} edge />
        </div>
      )}
      <Body tab={tab} data={data} now={now} href={href} />
    </>
  );
}

function Body({ tab, data, now, href }: { tab: string; data: Detail; now: number; href: (key: string) => string }) {
  if (tab === 'yaml') return <Yaml object={data.object} label={`YAML of ${data.row.name}`} />;
  if (tab === 'conditions') {
    return (
      <div className="px-6 max-mid:px-3 py-3">
        <Scroller label="Conditions">
          <ConditionsTable conditions={data.conditions} now={now} />
        </Scroller>
      </div>
    );
  }
  if (tab === 'events') {
    return (
      <div className="px-6 max-mid:px-3 py-3">
        <Scroller label="Events">
          <EventsTable events={data.events} now={now} />
        </Scroller>
      </div>
    );
  }
  return <Machines data={data} now={now} href={href} />;
}

function Machines({ data, now, href }: { data: Detail; now: number; href: (key: string) => string }) {
  return (
    <div className="px-6 max-mid:px-3 py-3 flex flex-col gap-4">
      <div>
        <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 mb-2">
          <h2 className="text-md">Machines</h2>
          <span className="flex-1" />
          <TimelineKey />
        </div>
        {data.groups.length > 0 ? (
          <Timeline groups={data.groups} now={now} scaleHref={(group) => scaleHref(data, group)} />
        ) : (
          <Empty
            what="No machines yet."
            why="The control plane makes the first machine once the cluster's infrastructure and endpoint are known."
          />
        )}
      </div>
      <div className="grid wide:grid-cols-2 gap-x-8 gap-y-4">
        <Section
          title="Conditions"
          right={
            <a className="link text-xs" href={href('conditions')}>
              All {data.conditions.length}
            </a>
          }
        >
          <ConditionsTable conditions={worstFirst(data.conditions).slice(0, 6)} now={now} />
        </Section>
        <Section
          title="Latest events"
          right={
            <a className="link text-xs" href={href('events')}>
              All {data.events.length}
            </a>
          }
        >
          <EventsTable events={data.events.slice(0, 6)} now={now} />
        </Section>
      </div>
    </div>
  );
}

function scaleHref({ row }: Detail, { kind, name }: Detail['groups'][number]): string | null {
  const plural = {
    KubeadmControlPlane: 'kubeadmcontrolplanes',
    MachineDeployment: 'machinedeployments',
    'Machines without owner': null,
  }[kind];
  return plural && paths.scale(row.namespace, row.name, plural, name);
}

function stateLine({ row, groups }: Detail): string {
  const machines = groups.flatMap((group) => group.machines);
  const wanted = groups.reduce((sum, group) => sum + (group.desired ?? group.machines.length), 0);
  const ready = machines.filter((machine) => machine.ready === 'True').length;
  const waits = machines.filter((machine) => machine.phase === 'Pending').length;
  const moving = machines.filter((machine) =>
    ['Provisioning', 'Provisioned', 'Deleting', 'Updating'].includes(machine.phase),
  ).length;
  return [
    row.paused ? 'paused' : '',
    row.phase,
    `${ready} of ${plural(wanted, 'machine')} ready`,
    moving > 0 ? `${moving} moving` : '',
    waits > 0 ? `${waits} waiting` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function ratio({ ready, desired }: { ready?: number; desired?: number }): string {
  return desired === undefined ? '–' : `${ready ?? 0}/${desired}`;
}

/** What is not well before what is; otherwise in the order they were given. */
function worstFirst(conditions: Detail['conditions']): Detail['conditions'] {
  const well = ({ type, status }: Detail['conditions'][number]) => Number(conditionMark(type, status) === 'well');
  return [...conditions].sort((a, b) => well(a) - well(b));
}
