/** The one table: columns as data, rows ruled by hairlines, the first column the row's head. Knows neither router nor API. */
import type { ReactNode } from 'react';

/** A column. `minor` ones are hidden on a narrow screen; `sort` is the word the sort has in the URL. */
export interface Column<Row> {
  key: string;
  head: string;
  cell: (row: Row) => ReactNode;
  num?: boolean;
  minor?: boolean;
  /** Hidden below 1280 px: what kubectl prints with -o wide. */
  wide?: boolean;
  wrap?: boolean;
  /** Takes what is left of the width; its one line is cut. */
  rest?: boolean;
  /** Fixed width in px. */
  width?: number;
  sort?: string;
}

/** How the rows are ordered now, and what pressing a head does. */
export interface Sorting {
  by: string;
  descending: boolean;
  change: (by: string, descending: boolean) => void;
}

interface TableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  sorting?: Sorting;
  /** `page`: the head sticks to the top; `tight`: 28 px rows inside a page. */
  kind?: 'page' | 'tight';
  /** Set where the rows are a part of a longer list. */
  total?: number;
}

/** The table. */
export function Table<Row>({ label, columns, rows, keyOf, sorting, kind = 'page', total }: TableProps<Row>) {
  const look = kind === 'page' ? 'tbl sticky rows' : 'tbl tight flush';
  return (
    <table className={look} aria-label={label} aria-rowcount={total === undefined ? undefined : total + 1}>
      <thead>
        <tr>
          {columns.map((column) => (
            <Head key={column.key} column={column} sorting={sorting} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column, index) => {
              const className = classOf(column);
              const content = column.cell(row);
              return index === 0 ? (
                <th key={column.key} scope="row" className={className}>
                  {content}
                </th>
              ) : (
                <td key={column.key} className={className}>
                  {content}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head<Row>({ column, sorting }: { column: Column<Row>; sorting?: Sorting }) {
  const { head, sort } = column;
  const className = classOf(column);
  if (!sort || !sorting) {
    return (
      <th scope="col" className={className} style={{ width: column.width }}>
        {head}
      </th>
    );
  }
  const on = sorting.by === sort;
  return (
    <th scope="col" className={className} aria-sort={on ? (sorting.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={() => sorting.change(sort, on && !sorting.descending)}>
        {head}
        {on && <Arrow down={sorting.descending} />}
      </button>
    </th>
  );
}

function Arrow({ down }: { down: boolean }) {
  return (
    <svg width="6" height="6" viewBox="0 0 6 6" aria-hidden="true">
      <path d={down ? 'M0 1H6L3 5Z' : 'M0 5H6L3 1Z'} fill="currentColor" />
    </svg>
  );
}

function classOf<Row>({ num, minor, wide, wrap, rest }: Column<Row>): string | undefined {
  return [num && 'num', minor && 'minor', wide && 'wide', wrap && 'wrap', rest && 'rest'].filter(Boolean).join(' ') || undefined;
}
