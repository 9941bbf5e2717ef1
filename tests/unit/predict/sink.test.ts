import { expect, it } from '@jest/globals';
import { pushConsumer } from '../../../functions/stages/predict/push-consumer.ts';

it('hands items to the consumer one by one and waits for its end', async () => {
  const taken: number[] = [];
  const into = pushConsumer<number>(async (items) => {
    for await (const item of items) taken.push(item);
  });
  for (let i = 0; i < 100; i++) await into.write(i);
  await into.end();
  expect(taken).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

it('passes a failure of the consumer on to the writer', async () => {
  const into = pushConsumer<number>(async (items) => {
    for await (const item of items) if (item === 1) throw new Error('disk full');
  });
  const writeAll = async () => {
    for (let i = 0; i < 100; i++) await into.write(i);
    await into.end();
  };
  await expect(writeAll()).rejects.toThrow('disk full');
});

it('fails the consumer when the writer gives up, so that it can clean up', async () => {
  let seen: unknown;
  const into = pushConsumer<number>(async (items) => {
    try {
      for await (const _ of items);
    } catch (error) {
      seen = error;
      throw error;
    }
  });
  await into.write(1);
  const reason = new Error('bad plane');
  await into.abort(reason);
  expect(seen).toBe(reason);
});
