/** Racks as lines: how many hosts, a bar by state, who needs a person. */
import Link from 'next/link';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { plural } from '../lib/units.ts';
import { Table } from '../table/table.tsx';
import { Mark } from '../ui/mark.tsx';
import { knownOf } from './known.ts';
import { StateBar } from './state-bar.tsx';

type RackTally = Outputs['fleet']['summary']['sites'][number]['racks'][number];

/** The table. */
export function RackTallies({ site, racks, now }: { site: string; racks: RackTally[]; now: number }) {
  if (racks.length === 0) return <p className="text-ink-3 py-2">No racks at this site.</p>;
  return (
    <Table
      label={`Racks of ${site}`}
      kind="tight"
      rows={racks}
      keyOf={({ name }) => name}
      columns={[
        {
          key: 'rack',
          head: 'Rack',
          width: 180,
          cell: ({ name }) => (
            <Link href={paths.site(site)} className="hover:underline underline-offset-2 inline-flex items-center min-h-6">
              {plain(name)}
            </Link>
          ),
        },
        { key: 'hosts', head: 'Hosts', num: true, width: 64, cell: ({ tally }) => tally.hosts },
        {
          key: 'bar',
          head: 'By state',
          width: 210,
          minor: true,
          cell: ({ tally }) => <StateBar states={tally.states} total={tally.hosts} />,
        },
        {
          key: 'words',
          head: 'States',
          wrap: true,
          cell: ({ tally }) => (
            <span className="text-ink-2">{tally.states.map(({ word, count }) => `${count} ${word}`).join(' · ')}</span>
          ),
        },
        {
          key: 'known',
          head: 'Power read',
          width: 170,
          minor: true,
          cell: ({ tally }) => <Known readings={tally.readings} now={now} />,
        },
        {
          key: 'needs',
          head: 'Needs a person',
          width: 150,
          cell: ({ tally: { fault, caution } }) =>
            fault + caution === 0 ? (
              <span className="text-ink-3">–</span>
            ) : (
              <span className="inline-flex items-center gap-[6px]">
                <Mark name={fault > 0 ? 'failed' : 'degraded'} />
                {plural(fault + caution, 'host')}
              </span>
            ),
        },
      ]}
    />
  );
}

/** What is not known is said; what is fresh needs no words. */
function Known({ readings, now }: { readings: RackTally['tally']['readings']; now: number }) {
  const { stale, unknown } = knownOf(readings, now);
  if (stale + unknown === 0) return <span className="text-ink-3">fresh</span>;
  return (
    <span className="inline-flex items-center gap-[6px]">
      <Mark name={unknown > 0 ? 'unknown' : 'stale'} />
      {[unknown > 0 ? `${unknown} unknown` : '', stale > 0 ? `${stale} stale` : ''].filter(Boolean).join(' · ')}
    </span>
  );
}
