/** The tree's own rules, as tests: who imports whom, sizes, dead files, leftovers. */
import { describe, expect, it } from 'vitest';
import { RULES } from './rules.ts';
import { sources } from './sources.ts';

const all = sources();

/** Files that something outside the import graph runs: commands, frameworks, configuration. */
const ENTRY = [
  /\.(test|e2e|interop)\.tsx?$/,
  /\.config\.(ts|mjs)$/,
  // vitest's globalSetup
  /^packages\/core\/src\/store\/postgres\/test-setup\.ts$/,
  /^scripts\/(start|test|interop)\.mjs$/,
  /^scripts\/(test|bench|interop)\/main\.ts$/,
  /^apps\/api\/src\/(main|start|migrate)\.ts$/,
  /^packages\/sim\/src\/main\.ts$/,
  /^e2e\/support\/setup\.ts$/,
  /^apps\/web\/(server|next-env\.d)\.ts$/,
  /^apps\/web\/src\/app\/.*(page|layout|error|not-found|loading|route|global-error)\.tsx?$/,
  /^apps\/web\/src\/proxy\.ts$/,
];

describe('the tree', () => {
  it('imports only what the import table allows', () => {
    const wrong: string[] = [];
    for (const source of all) {
      const rule = RULES.find(({ from }) => from.test(source.path));
      if (!rule) continue;
      for (const file of source.imports) if (!rule.files.test(file)) wrong.push(`${source.path} → ${file} (${rule.why})`);
      for (const name of source.packages) if (!rule.packages.test(name)) wrong.push(`${source.path} → ${name} (${rule.why})`);
    }
    expect(wrong).toEqual([]);
  });

  it('has no file over 500 lines', () => {
    expect(all.filter(({ lines }) => lines > 500).map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  });

  it('has no dead file: everything is imported by something or run as a command', () => {
    const imported = new Set(all.flatMap(({ imports }) => imports));
    expect(
      all.filter(({ path }) => !imported.has(path) && !ENTRY.some((entry) => entry.test(path))).map(({ path }) => path),
    ).toEqual([]);
  });

  it('has no leftovers', () => {
    const words = [
      'TO' + 'DO',
      'FIX' + 'ME',
      'XX' + 'X',
      '@ts-' + 'ignore',
      'it.' + 'only(',
      'it.' + 'skip(',
      'describe.' + 'skip(',
      'test.' + 'skip(',
    ];
    const found = all.flatMap(({ path, text }) => words.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`));
    expect(found).toEqual([]);
  });
});
