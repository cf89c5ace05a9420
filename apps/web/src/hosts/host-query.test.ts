import { expect, test } from 'vitest';
import { readHostQuery, toggleState } from './host-query.ts';

test('reads the URL, whatever stands in it', () => {
  expect(readHostQuery({})).toEqual({ labels: '', sort: 'name', descending: false, page: 1 });
  expect(readHostQuery({ site: 'fra1', state: 'available,error', sort: '-age', page: '3', labels: 'role=worker' })).toEqual({
    site: 'fra1',
    states: ['available', 'error'],
    labels: 'role=worker',
    sort: 'age',
    descending: true,
    page: 3,
  });
  expect(readHostQuery({ sort: 'passwords', page: '-1' })).toMatchObject({ sort: 'name', page: 1 });
});

test('states are switched one by one', () => {
  expect(toggleState(undefined, 'error')).toBe('error');
  expect(toggleState('error', 'available')).toBe('error,available');
  expect(toggleState('error,available', 'error')).toBe('available');
});
