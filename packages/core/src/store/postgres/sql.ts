/** The statements of sql/, by file name. Read once; a missing file fails at the first use, which every suite has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const texts = new Map<string, string>();

/** The text of `sql/<name>.sql`. */
export function sql(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(join(import.meta.dirname, 'sql', `${name}.sql`), 'utf8');
  texts.set(name, text);
  return text;
}
