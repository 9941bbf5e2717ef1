import { expect, it } from '@jest/globals';
import { limiter, weightedSemaphore } from '../../../functions/async/semaphore.ts';

/** Asks in order and notes who was admitted. */
function semaphoreOf(limit: number) {
  const admit = weightedSemaphore(limit);
  const inside: string[] = [];
  const ask = async (name: string, bytes: number) => {
    const release = await admit(bytes);
    inside.push(name);
    return release;
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { ask, inside, settled };
}

it('admits in the order asked while the amounts fit', async () => {
  const { ask, inside, settled } = semaphoreOf(10);
  const first = await ask('a', 6);
  void ask('b', 6);
  void ask('c', 1); // would fit, but b was first
  await settled();
  expect(inside).toEqual(['a']);
  first();
  await settled();
  expect(inside).toEqual(['a', 'b', 'c']);
});

it('lets work that is larger than the limit run, alone', async () => {
  const { ask, inside, settled } = semaphoreOf(10);
  const small = await ask('small', 1);
  const big = ask('big', 100);
  await settled();
  expect(inside).toEqual(['small']);
  small();
  (await big)();
  await ask('next', 10);
  expect(inside).toEqual(['small', 'big', 'next']);
});

it('takes back what was given once, however often it is released', async () => {
  const { ask, inside, settled } = semaphoreOf(10);
  const first = await ask('a', 5);
  await ask('b', 5);
  first();
  first();
  void ask('c', 5);
  void ask('d', 5);
  await settled();
  expect(inside).toEqual(['a', 'b', 'c']);
});

it('runs so many at a time, the others in the order they came, also after a failure', async () => {
  const take = limiter(2);
  const semaphores = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const all = semaphores.map(({ promise }, i) =>
    take(async () => {
      started.push(i);
      await promise;
      if (i === 0) throw new Error('no');
      return i;
    }),
  );
  await new Promise(setImmediate);
  expect(started).toEqual([0, 1]);
  semaphores[0]!.resolve();
  await expect(all[0]).rejects.toThrow('no');
  await new Promise(setImmediate);
  expect(started).toEqual([0, 1, 2]);
  for (const semaphore of semaphores) semaphore.resolve();
  expect(await Promise.all(all.slice(1))).toEqual([1, 2, 3]);
});
