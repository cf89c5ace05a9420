import { expect, test } from 'vitest';
import { clusterMark, hostMark, machineMark } from './marks.ts';

test('an error never hides behind a state, nor an unknown word behind a known one', () => {
  expect(hostMark('inspecting', true)).toBe('error');
  expect(hostMark('provisioned', false)).toBe('provisioned');
  expect(hostMark('', false)).toBe('registering');
  expect(hostMark('constructor', false)).toBe('unknown');
  expect(machineMark('Deleted')).toBe('Deleting');
  expect(machineMark('')).toBe('Unknown');
});

test('a cluster is well only when it says so', () => {
  expect(clusterMark('Provisioned', true)).toBe('Running');
  expect(clusterMark('Provisioned', null)).toBe('Provisioned');
  expect(clusterMark('Deleting', true)).toBe('Deleting');
});
