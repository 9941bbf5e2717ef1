import { expect, it } from '@jest/globals';
import { mapInOrder } from '../../../functions/async/map-in-order.ts';

const drain = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

it('yields in order though later work ends first, and never runs more than asked at a time', async () => {
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  let running = 0;
  let most = 0;
  const all = drain(
    mapInOrder([0, 1, 2, 3], 2, async (i) => {
      most = Math.max(most, ++running);
      await gates[i]!.promise;
      running--;
      return i * 10;
    }),
  );
  for (const i of [1, 0, 3, 2]) gates[i]!.resolve();
  expect(await all).toEqual([0, 10, 20, 30]);
  expect(most).toBe(2);
});

it('throws the first failure in its turn and awaits what still runs', async () => {
  let ended = false;
  const late = Promise.withResolvers<void>();
  const all = drain(
    mapInOrder(['bad', 'late'], 2, async (what) => {
      if (what === 'bad') throw new Error('no');
      await late.promise;
      ended = true;
    }),
  );
  late.resolve();
  await expect(all).rejects.toThrow('no');
  expect(ended).toBe(true);
});

it('yields nothing of nothing', async () => {
  expect(await drain(mapInOrder([], 3, async () => 1))).toEqual([]);
});
