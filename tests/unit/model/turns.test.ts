import { expect, it } from '@jest/globals';
import { turns } from '../../../functions/model/turns.ts';

it('runs so many at a time, the others in the order they came, also after a failure', async () => {
  const take = turns(2);
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const all = gates.map(({ promise }, i) =>
    take(async () => {
      started.push(i);
      await promise;
      if (i === 0) throw new Error('no');
      return i;
    }),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  gates[0]!.resolve();
  await expect(all[0]).rejects.toThrow('no');
  await new Promise(setImmediate);
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  expect(await Promise.all(all.slice(1))).toEqual([1, 2, 3]);
});
