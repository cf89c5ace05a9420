import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS_DIR } from './migrate.ts';
import { createTestDatabase, dropTestDatabase, query } from './test-database.ts';

/** Columns by table as schema.prisma declares them: `name` or `name?` where it may be null. */
function declared(text: string): Record<string, string[]> {
  const tables: Record<string, string[]> = {};
  for (const [, body] of text.matchAll(/^model \w+ \{\n(.*?)^\}/gms)) {
    const table = /@@map\("(\w+)"\)/.exec(body!)![1]!;
    const fields = body!.split('\n').map((line) => /^ {2}(\w+) +([A-Z]\w*)(\[\]|\?)?(.*)$/.exec(line));
    const columns = fields.flatMap((field) => {
      // A relation is no column.
      if (!field || /^(Auth\w+)$/.test(field[2]!)) return [];
      return `${/ @map\("(\w+)"\)/.exec(field[4]!)?.[1] ?? field[1]}${field[3] === '?' ? '?' : ''}`;
    });
    tables[table] = columns.sort();
  }
  return tables;
}

it('schema.prisma declares exactly the tables and columns that the migrations make', async () => {
  const url = await createTestDatabase();
  onTestFinished(() => dropTestDatabase(url));
  const rows = await query<{ table_name: string; columns: string[] }>(
    url,
    `select c.table_name, array_agg(c.column_name || case when c.is_nullable = 'YES' then '?' else '' end order by 1) as columns
     from information_schema.columns c where c.table_schema = 'public' and c.table_name not like 'events\\_%' and c.table_name <> '_prisma_migrations'
     group by c.table_name`,
  );
  const made = Object.fromEntries(rows.map((row) => [row.table_name, row.columns.sort()]));
  expect(declared(readFileSync(join(MIGRATIONS_DIR, '../schema.prisma'), 'utf8'))).toEqual(made);
});
