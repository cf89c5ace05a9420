import { expect, test } from 'vitest';
import { type Spoken, summarize } from './summarize.ts';

const fleet = (states: Record<string, number>, attention: string[] = []): Spoken => ({
  total: { states: Object.entries(states).map(([word, count]) => ({ word, count })) },
  attention: attention.map((name) => ({ tone: 'fault', name })),
});

test('says what grew and who needs a person, and nothing else', () => {
  expect(summarize(fleet({ available: 3, provisioned: 1 }), fleet({ available: 1, provisioned: 3 }, ['u17']))).toBe(
    '2 more hosts provisioned; needs a person: u17',
  );
  expect(summarize(fleet({ available: 3 }), fleet({ available: 3 }))).toBe('');
  expect(summarize(undefined, fleet({ available: 3 }))).toBe('');
});
