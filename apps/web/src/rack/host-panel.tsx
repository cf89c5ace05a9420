/** The selected host beside the racks: why, power, facts, and the way to its page. */
import Link from 'next/link';
import { placeText, stateText } from '../hosts/host-columns.tsx';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import type { HostRow } from '../lib/trpc.tsx';
import { PowerCell } from '../table/cells.tsx';
import { BecauseBox } from '../ui/because.tsx';
import { Mark } from '../ui/mark.tsx';
import { hostMark } from '../ui/marks.ts';
import { Age, Pairs } from '../ui/parts.tsx';

/** The panel. */
export function HostPanel({ host, now }: { host: HostRow | null; now: number }) {
  if (!host) {
    return (
      <div className="text-ink-2">
        <p>Choose a host to see what it does and why.</p>
        <p className="text-xs text-ink-3 mt-3">
          <kbd>↑</kbd> <kbd>↓</kbd> unit <kbd>←</kbd> <kbd>→</kbd> rack
        </p>
      </div>
    );
  }
  const because =
    host.because ?? (host.error ? { sentence: host.error.message || host.error.type, tone: 'fault' as const } : null);
  return (
    <div className="flex flex-col gap-3">
      <div>
        <div className="flex items-center gap-2">
          <Mark name={hostMark(host.state, host.error !== null)} size={16} />
          <h2 className="name text-md">{plain(host.name)}</h2>
          <span className="flex-1" />
          <Link className="link text-xs min-h-6 inline-flex items-center" href={paths.host(host.namespace, host.name)}>
            Open
          </Link>
        </div>
        <p className="text-xs text-ink-2">{placeText(host)}</p>
      </div>
      {because && (
        <div className="-mx-1">
          <BecauseBox because={because} now={now} edge />
        </div>
      )}
      <Pairs
        pairs={[
          ['State', host.paused ? `${stateText(host)}, paused` : stateText(host)],
          ['Power', <PowerCell key="power" power={host.power} managed={host.managed} now={now} />],
          ['Wanted', host.online ? 'on' : 'off'],
          ['Consumer', host.consumer ? plain(host.consumer.name) : 'none'],
          ['Role', host.labels.role ?? '–'],
          [
            'BMC',
            <span key="bmc" className="mono break-all">
              {plain(host.bmc) || 'none given'}
            </span>,
          ],
          ['Age', <Age key="age" at={host.createdAt} now={now} />],
        ]}
      />
      {host.power.error && (
        <p className="text-xs text-ink-2">
          The BMC did not answer the last look: <span className="mono">{plain(host.power.error)}</span>
        </p>
      )}
    </div>
  );
}
