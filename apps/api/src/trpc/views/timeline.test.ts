import { expect, test } from 'vitest';
import { stretches } from './timeline.ts';

const at = (minute: number) => `2026-11-22T14:${String(minute).padStart(2, '0')}:00Z`;
const text = (times: Parameters<typeof stretches>[0]) =>
  stretches(times).map(({ phase, from, to }) => `${phase} ${from.slice(14, 16)}–${to?.slice(14, 16) ?? ''}`);

test('a machine that waits for a host', () => {
  expect(text({ created: at(0) })).toEqual(['wait 00–']);
});

test('a machine whose image is being written', () => {
  expect(text({ created: at(0), claimed: at(1), writeStarted: at(3) })).toEqual(['wait 00–01', 'agent 01–03', 'image 03–']);
});

test('a machine that runs', () => {
  const times = { created: at(0), claimed: at(1), writeStarted: at(3), writeEnded: at(6), provisioned: at(9), running: at(10) };
  expect(text(times)).toEqual(['wait 00–01', 'agent 01–03', 'image 03–06', 'boot 06–09', 'join 09–10']);
});

test("the host's earlier machine does not count", () => {
  expect(text({ created: at(20), claimed: at(1), provisioned: at(9) })).toEqual(['wait 20–']);
});

test('a machine that is being removed', () => {
  expect(text({ created: at(0), running: at(10), deleting: at(30) })).toEqual(['wait 00–10', 'delete 30–']);
});
