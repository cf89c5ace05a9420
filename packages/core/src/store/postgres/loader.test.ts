import { expect, it } from 'vitest';
import { createLoader } from './loader.ts';

it('asks once for all that is asked together, and answers each with its own', async () => {
  const batches: number[][] = [];
  const load = createLoader(async (keys: number[]) => {
    batches.push(keys);
    return keys.map((key) => key * 10);
  });
  expect(await Promise.all([load(1), load(2), load(3)])).toEqual([10, 20, 30]);
  expect(await load(4)).toBe(40);
  expect(batches).toEqual([[1, 2, 3], [4]]);
});

it('takes what is asked meanwhile with the next batch', async () => {
  const batches: number[][] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const load = createLoader(async (keys: number[]) => {
    batches.push(keys);
    if (batches.length === 1) await gate;
    return keys;
  });
  const first = load(1);
  await Promise.resolve();
  await Promise.resolve();
  const later = [load(2), load(3)];
  open();
  expect(await Promise.all([first, ...later])).toEqual([1, 2, 3]);
  expect(batches).toEqual([[1], [2, 3]]);
});

it('fails those of the batch that failed, and goes on', async () => {
  let tries = 0;
  const load = createLoader(async (keys: number[]) => {
    if (++tries === 1) throw new Error('away');
    return keys;
  });
  await expect(load(1)).rejects.toThrow('away');
  expect(await load(2)).toBe(2);
});

it('bounds a batch', async () => {
  const sizes: number[] = [];
  const load = createLoader(async (keys: number[]) => {
    sizes.push(keys.length);
    return keys;
  });
  await Promise.all(Array.from({ length: 250 }, (_, i) => load(i)));
  expect(sizes).toEqual([100, 100, 50]);
});
