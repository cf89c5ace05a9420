import { expect, test } from 'vitest';
import { middle, plain } from './text.ts';
import { disk, memory, plural } from './units.ts';

test('control and direction characters become visible', () => {
  expect(plain('a\u202eb\u0007')).toBe('a\\u202eb\\u0007');
  expect(plain('rack-1 ü 漢')).toBe('rack-1 ü 漢');
});

test('long names keep their end', () => {
  expect(middle('production-workers-7d9fk-xq2lm', 20)).toBe('productio…d9fk-xq2lm');
  expect(middle('spare-01', 20)).toBe('spare-01');
});

test('units', () => {
  expect(memory(262_144)).toBe('256 GiB');
  expect(disk(960_197_124_096)).toBe('960 GB');
  expect(disk(3_840_755_982_336)).toBe('3.84 TB');
  expect(plural(1, 'host')).toBe('1 host');
  expect(plural(1200, 'host')).toBe('1,200 hosts');
});
