import { expect, test } from 'vitest';
import { appRouter } from './root.ts';

type Procedure = { _def: { type: string; meta?: { permission?: string } } };

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);

test('every procedure declares a permission', () => {
  expect(procedures.length).toBeGreaterThan(10);
  expect(procedures.filter(([, { _def }]) => !_def.meta?.permission).map(([path]) => path)).toEqual([]);
});

test('only login is public, and nothing that writes can be had with a right to read', () => {
  const of = (want: (permission: string, type: string) => boolean) =>
    procedures.filter(([, { _def }]) => want(_def.meta?.permission ?? '', _def.type)).map(([path]) => path);
  expect(of((permission) => permission === 'public')).toEqual(['auth.login']);
  expect(of((permission, type) => type === 'mutation' && permission.endsWith('.read'))).toEqual([]);
  expect(of((permission, type) => type === 'query' && permission.endsWith('.write'))).toEqual([]);
});
