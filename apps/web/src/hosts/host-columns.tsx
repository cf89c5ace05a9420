/** Columns of the hosts table: kubectl's (`get bmh -o wide`), and where the host hangs. */
import Link from 'next/link';
import { BEATS, freshness } from '../lib/freshness.ts';
import { paths } from '../lib/paths.ts';
import { middle, plain } from '../lib/text.ts';
import type { HostRow } from '../lib/trpc.tsx';
import { NameCell, PowerCell } from '../table/cells.tsx';
import type { Column } from '../table/table.tsx';
import { BecauseLine } from '../ui/because.tsx';
import { hostMark } from '../ui/marks.ts';
import { Age } from '../ui/parts.tsx';

/** `fra1 / rack2 / U17`: as much as is known of where a host hangs. */
export function placeText({ site, rack, unit }: Pick<HostRow, 'site' | 'rack' | 'unit'>): string {
  return [site, rack, unit === null ? null : `U${unit}`].filter((part) => part !== null).join(' / ');
}

/** The state in words: the phase never hides the error. */
export function stateText({ state, error }: Pick<HostRow, 'state' | 'error'>): string {
  const word = state === '' ? 'registering' : state;
  return error ? `${word}, with error` : word;
}

/** The columns at this moment. */
export function hostColumns(now: number): Column<HostRow>[] {
  return [
    {
      key: 'name',
      head: 'Name',
      sort: 'name',
      cell: (host) => (
        <NameCell
          mark={isUnknown(host, now) ? 'unknown' : hostMark(host.state, host.error !== null)}
          name={host.name}
          href={paths.host(host.namespace, host.name)}
          paused={host.paused}
        />
      ),
    },
    {
      key: 'state',
      head: 'State',
      sort: 'state',
      cell: (host) => (isUnknown(host, now) ? `${stateText(host)} · unknown` : stateText(host)),
    },
    {
      key: 'place',
      head: 'Place',
      sort: 'place',
      minor: true,
      cell: (host) =>
        host.site && host.rack ? (
          <Link
            href={paths.site(host.site, { host: `${host.namespace}/${host.name}` })}
            className="hover:underline underline-offset-2"
          >
            {placeText(host)}
          </Link>
        ) : (
          placeText(host) || <span className="text-ink-3">–</span>
        ),
    },
    {
      key: 'consumer',
      head: 'Consumer',
      sort: 'consumer',
      minor: true,
      cell: (host) =>
        host.consumer ? (
          <span title={plain(host.consumer.name)}>{middle(host.consumer.name, 28)}</span>
        ) : (
          <span className="text-ink-3">–</span>
        ),
    },
    {
      key: 'power',
      head: 'Power',
      minor: true,
      cell: (host) => <PowerCell power={host.power} managed={host.managed} now={now} />,
    },
    { key: 'role', head: 'Role', wide: true, cell: (host) => <span className="text-ink-2">{host.labels.role ?? '–'}</span> },
    { key: 'bmc', head: 'BMC', wide: true, cell: (host) => <Bmc address={host.bmc} /> },
    { key: 'because', head: 'Because', rest: true, cell: (host) => <Why host={host} /> },
    { key: 'age', head: 'Age', sort: 'age', num: true, minor: true, cell: (host) => <Age at={host.createdAt} now={now} /> },
  ];
}

function Bmc({ address }: { address: string }) {
  if (!address) return <span className="text-ink-3">–</span>;
  const short = address.replace(/^([a-z0-9+-]+:\/\/[^/]+).*$/i, '$1');
  return (
    <span className="mono text-ink-2" title={plain(address)}>
      {plain(middle(short.replace(/^[a-z0-9+-]+:\/\//i, ''), 24))}
    </span>
  );
}

function Why({ host }: { host: HostRow }) {
  const because =
    host.because ?? (host.error ? { sentence: host.error.message || host.error.type, tone: 'fault' as const } : null);
  if (!because) return null;
  const ink = { fault: 'text-fault-ink', caution: 'text-caution-ink', waits: 'text-ink-2' }[because.tone];
  return (
    <div className={`text-xs ${ink}`}>
      <BecauseLine because={because} />
    </div>
  );
}

/** Whether nobody knows how the host is: its last reading is older than 10 beats, and no error says more. */
function isUnknown({ error, managed, power }: HostRow, now: number): boolean {
  return error === null && managed && freshness(power.readAt, BEATS.power, now) === 'unknown';
}
