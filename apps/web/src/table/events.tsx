/** Events, newest first; messages are never cut here. */

import { plain } from '../lib/text.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';
import { Moment } from '../ui/parts.tsx';
import { Table } from './table.tsx';

type Event = Outputs['clusters']['detail']['events'][number];

/** The table. */
export function EventsTable({ events, now }: { events: readonly Event[]; now: number }) {
  if (events.length === 0) return <p className="text-ink-3 py-2">No events in the last hour.</p>;
  return (
    <Table
      label="Events"
      kind="tight"
      rows={events}
      keyOf={({ uid }) => uid}
      columns={[
        {
          key: 'seen',
          head: 'Last seen',
          cell: ({ lastSeen }) => (
            <span className="font-normal text-ink-2">
              <Moment at={lastSeen} now={now} />
            </span>
          ),
        },
        { key: 'object', head: 'Object', cell: ({ object }) => <span title={object.kind}>{plain(object.name)}</span> },
        { key: 'reason', head: 'Reason', minor: true, cell: ({ reason }) => <span className="text-ink-2">{plain(reason)}</span> },
        {
          key: 'message',
          head: 'Message',
          wrap: true,
          cell: ({ type, message, count }) => (
            <span className={type === 'Warning' ? 'text-caution-ink' : ''}>
              {type === 'Warning' && (
                <span className="inline-block mr-[6px]">
                  <Mark name="degraded" label="Warning" />
                </span>
              )}
              {plain(message)}
              {count > 1 && <span className="text-ink-3"> × {count}</span>}
            </span>
          ),
        },
      ]}
    />
  );
}
