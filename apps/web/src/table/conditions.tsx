/** Conditions as Cluster API has them; messages are never cut here. */

import { plain } from '../lib/text.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';
import { Age } from '../ui/parts.tsx';
import { conditionMark } from './cells.tsx';
import { Table } from './table.tsx';

type Condition = Outputs['clusters']['detail']['conditions'][number];

/** The table. */
export function ConditionsTable({ conditions, now }: { conditions: readonly Condition[]; now: number }) {
  if (conditions.length === 0) return <p className="text-ink-3 py-2">No conditions yet.</p>;
  return (
    <Table
      label="Conditions"
      kind="tight"
      rows={conditions}
      keyOf={({ type }) => type}
      columns={[
        {
          key: 'type',
          head: 'Type',
          cell: ({ type, status }) => (
            <span className="inline-flex items-center gap-[7px]">
              <Mark name={conditionMark(type, status)} />
              {plain(type)}
            </span>
          ),
        },
        { key: 'status', head: 'Status', cell: ({ status }) => status },
        { key: 'reason', head: 'Reason', minor: true, cell: ({ reason }) => <span className="text-ink-2">{plain(reason)}</span> },
        { key: 'message', head: 'Message', wrap: true, cell: ({ message }) => plain(message ?? '') },
        { key: 'age', head: 'Age', num: true, cell: ({ lastTransitionTime }) => <Age at={lastTransitionTime} now={now} /> },
      ]}
    />
  );
}
