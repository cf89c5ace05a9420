/** What was done to a host: operations with their outcome, and events. */
import { plain } from '../lib/text.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { EventsTable } from '../table/events.tsx';
import { Table } from '../table/table.tsx';
import { Mark } from '../ui/mark.tsx';
import type { MarkName } from '../ui/marks.ts';
import { Moment, Section } from '../ui/parts.tsx';

type Detail = Outputs['hosts']['detail'];
type Operation = Detail['operations'][number];

const MARK: Record<Operation['state'], MarkName> = {
  intended: 'Pending',
  running: 'applying',
  succeeded: 'well',
  failed: 'failed',
};

/** The tab. */
export function History({ data, now }: { data: Detail; now: number }) {
  return (
    <div className="px-6 max-mid:px-3 py-3 grid wide:grid-cols-2 gap-x-8 gap-y-5">
      <Section title="Operations" note="newest first, at most 100">
        <Operations operations={data.operations} now={now} />
      </Section>
      <Section title="Events">
        <EventsTable events={data.events} now={now} />
      </Section>
    </div>
  );
}

function Operations({ operations, now }: { operations: readonly Operation[]; now: number }) {
  if (operations.length === 0) return <p className="text-ink-3 py-2">Nothing has been done to this host yet.</p>;
  return (
    <Table
      label="Operations"
      kind="tight"
      rows={operations}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'kind',
          head: 'Operation',
          cell: ({ kind, state }) => (
            <span className="inline-flex items-center gap-[7px]">
              <Mark name={MARK[state]} />
              <span className="mono">{kind}</span>
            </span>
          ),
        },
        { key: 'state', head: 'Outcome', cell: ({ state, attempts }) => (attempts > 1 ? `${state}, ${attempts} tries` : state) },
        { key: 'at', head: 'Begun', cell: ({ createdAt }) => <Moment at={createdAt} now={now} /> },
        {
          key: 'error',
          head: 'Error',
          wrap: true,
          cell: ({ error }) => (error ? <span className="text-fault-ink">{plain(error)}</span> : ''),
        },
      ]}
    />
  );
}

/** The newest events, for the overview. */
export function LatestEvents({ data, now }: { data: Detail; now: number }) {
  return <EventsTable events={data.events.slice(0, 8)} now={now} />;
}
