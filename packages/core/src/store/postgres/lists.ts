/** Lists in Postgres: one statement per page, so that objects and version are of one snapshot. */
import { AppError } from '../../errors.ts';
import { decodeContinue, encodeContinue, expired } from '../continue-token.ts';
import type { Requirement } from '../selector.ts';
import type { ListQuery, ListResult } from '../store.ts';
import type { Database } from './database.ts';
import type { ObjectRow, Rows } from './rows.ts';

/** A list. Later pages show the current state and report the first page's version, from which a watch then goes on. */
export async function listObjects(database: Database, rows: Rows, query: ListQuery): Promise<ListResult> {
  const { group, kind, namespace = null, name = null, limit } = query;
  const token = query.continue === undefined ? undefined : decodeContinue(query.continue);
  if (limit !== undefined && limit < 0) throw new AppError('badRequest', `A list's limit is not negative: ${limit}.`);
  const { equal, others } = split(query.labels ?? []);
  // One more than asked tells whether a next page exists.
  const found = await database.rows<ObjectRow & { head: string; floor: string; namespace: string; name: string }>(
    'list',
    [
      group,
      kind,
      namespace,
      name,
      JSON.stringify(equal),
      others,
      token?.namespace ?? null,
      token?.name ?? null,
      limit ? limit + 1 : null,
    ],
    'each',
  );
  const { head, floor } = found[0]!;
  if (token && Number(token.resourceVersion) < Number(floor)) throw expired(Number(token.resourceVersion), Number(floor));
  const page = found.filter((row) => row.uid !== null);
  const resourceVersion = token?.resourceVersion ?? head;
  if (!limit || page.length <= limit) return { items: page.map(rows.object), resourceVersion };
  const last = page[limit - 1]!;
  const result: ListResult = {
    items: page.slice(0, limit).map(rows.object),
    resourceVersion,
    continue: encodeContinue({ resourceVersion, namespace: last.namespace, name: last.name }),
  };
  // As in Kubernetes: a selector makes the count unknown.
  if (!query.labels?.length) result.remaining = await countAfter(database, query, last);
  return result;
}

async function countAfter(database: Database, query: ListQuery, last: { namespace: string; name: string }): Promise<number> {
  const values = [query.group, query.kind, query.namespace ?? null, last.namespace, last.name];
  const [row] = await database.rows<{ remaining: number }>('remaining', values);
  return row!.remaining;
}

/** Equalities can use the index on labels; the others only filter. */
function split(requirements: Requirement[]): { equal: Record<string, string>; others: string | null } {
  const equal: Record<string, string> = {};
  const others: Requirement[] = [];
  for (const requirement of requirements) {
    const only = requirement.op === 'in' && requirement.values.length === 1 ? requirement.values[0] : undefined;
    // A key asked for twice is not an equality: both must hold.
    if (only !== undefined && equal[requirement.key] === undefined) equal[requirement.key] = only;
    else others.push(requirement);
  }
  return { equal, others: others.length ? JSON.stringify(others) : null };
}
