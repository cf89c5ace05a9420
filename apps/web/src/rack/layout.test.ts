import { describe, expect, test } from 'vitest';
import { type Cell, slots, step, unitText } from './layout.ts';

const text = (of: ReturnType<typeof slots<string>>) =>
  of.slots.map((slot) => `${slot.empty ? 'empty' : slot.thing} ${unitText(slot.unit, slot.height)}`);

describe('slots', () => {
  test('run from the top; a device stands on its lowest unit', () => {
    const made = slots(6, 'ascending', [
      { thing: 'a', unit: 2, height: 2 },
      { thing: 'b', unit: 6, height: 1 },
    ]);
    expect(text(made)).toEqual(['b U6', 'empty U4–5', 'a U2–3', 'empty U1']);
  });

  test('a descending rack has U1 at its top', () => {
    expect(text(slots(3, 'descending', [{ thing: 'a', unit: 1, height: 1 }]))).toEqual(['a U1', 'empty U2–3']);
  });

  test('what does not fit is told, not drawn over something else', () => {
    const made = slots(4, 'ascending', [
      { thing: 'a', unit: 2, height: 1 },
      { thing: 'b', unit: 1, height: 2 },
      { thing: 'c', unit: 4, height: 2 },
    ]);
    expect(made.clashing.map(({ thing }) => thing)).toEqual(['b', 'c']);
    expect(text(made)).toEqual(['empty U3–4', 'a U2', 'empty U1']);
  });
});

test('arrow keys', () => {
  const cells: Cell[] = [
    { key: 'a10', rack: 0, unit: 10 },
    { key: 'a9', rack: 0, unit: 9 },
    { key: 'c20', rack: 2, unit: 20 },
    { key: 'c8', rack: 2, unit: 8 },
  ];
  expect(step(cells, 'a10', 'down')).toBe('a9');
  expect(step(cells, 'a9', 'down')).toBe('a9');
  expect(step(cells, 'a9', 'right')).toBe('c8');
  expect(step(cells, 'c20', 'left')).toBe('a10');
  expect(step(cells, 'gone', 'up')).toBe('a10');
});
