/** meta.k8s.io/v1 Table: what `kubectl get` prints. Dates are rendered here, as ages, because kubectl prints cells as they come. */
import type { KubeObject } from '../store/object.ts';
import type { AnyKind, Column } from './define-kind.ts';

/** One column's heading. */
export interface TableColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  /** 0 always, 1 with `-o wide`. */
  priority: number;
}

/** metav1.Table. */
export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  columnDefinitions: TableColumn[];
  rows: { cells: (string | number | boolean | null)[]; object?: unknown }[];
}

/** What a row carries of its object besides the cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The table of some objects of a kind, as of `now`. */
export function tableOf(
  kind: AnyKind,
  version: string,
  objects: readonly KubeObject[],
  options: { now: Date; include?: IncludeObject; metadata?: Table['metadata'] },
): Table {
  const columns = columnsOf(kind, version);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: [...nameHeading(kind), ...columns.map(heading)],
    rows: objects.map((object) => ({
      cells: [
        ...(kind.nameColumn === false ? [] : [object.metadata.name]),
        ...columns.map((column) => cell(column, object, options.now)),
      ],
      ...rowObject(object, options.include ?? 'Metadata'),
    })),
  };
}

/** The columns a version prints: its own, or the hub's. */
export function columnsOf(kind: AnyKind, version: string): Column<unknown, unknown>[] {
  const own = kind.versions.find((candidate) => candidate.name === version)?.columns;
  return (own as Column<unknown, unknown>[] | undefined) ?? kind.columns;
}

/** The part of an object that names it (meta.k8s.io/v1 PartialObjectMetadata). */
export function partialMetadata(object: KubeObject) {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function rowObject(object: KubeObject, include: IncludeObject): { object?: unknown } {
  switch (include) {
    case 'None':
      return {};
    case 'Metadata':
      return { object: partialMetadata(object) };
    case 'Object':
      return { object };
    default:
      return include satisfies never;
  }
}

function nameHeading(kind: AnyKind): TableColumn[] {
  if (kind.nameColumn === false) return [];
  return [
    { name: 'Name', type: 'string', format: 'name', description: 'Name of the object, unique in its namespace', priority: 0 },
  ];
}

function heading(column: Column<unknown, unknown>): TableColumn {
  return {
    name: column.name,
    // A date's cell is a text: its age.
    type: column.type === 'date' ? 'string' : column.type,
    format: '',
    description: column.description ?? '',
    priority: column.wide ? 1 : 0,
  };
}

function cell(column: Column<unknown, unknown>, object: KubeObject, now: Date): string | number | boolean | null {
  const value = column.of(object);
  if (column.type === 'date') return age(value === undefined ? undefined : String(value), now);
  return value ?? null;
}

/** The age of an RFC 3339 time; `<unknown>` where there is none (apimachinery ConvertToHumanReadableDateType). */
export function age(time: string | undefined, now: Date): string {
  const born = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(born) ? '<unknown>' : humanDuration(now.getTime() - born);
}

/** A duration in milliseconds as kubectl prints it: at most two units, fewer the longer it is (duration.HumanDuration). */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return two(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

function two(first: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${first}${unit}` : `${first}${unit}${rest}${restUnit}`;
}
