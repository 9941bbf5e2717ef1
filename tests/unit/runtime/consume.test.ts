import { expect, it } from '@jest/globals';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { localQueue } from '../../../functions/adapters/local/queue.ts';
import type { NoticeMessage } from '../../../functions/core/messages.ts';
import { daySeconds } from '../../../functions/core/time.ts';
import { consume } from '../../../functions/runtime/consume.ts';
import { notify } from '../../../functions/stages/notify/descriptor.ts';
import { attempts } from '../../../functions/stages/stages.ts';
import { manualClock } from '../../support/manual-clock.ts';

it('a message in progress is not delivered again when the machine sleeps for a month', async () => {
  using database = openLocalDatabase(':memory:');
  const clock = manualClock(0);
  const queue = localQueue(database, clock, attempts);
  const message = (id: string): NoticeMessage => ({ owner: 'olga', id, generation: 1 });
  await queue.send('notices', [message('first')]);
  const stop = new AbortController();
  const handled: string[] = [];
  const second = Promise.withResolvers<void>();
  const handle = async (body: object) => {
    const { id } = body as { id: string };
    handled.push(id);
    if (handled.length > 1) return second.resolve();
    clock.advance(30 * daySeconds);
    await queue.send('notices', [message('second')]);
    await second.promise;
    stop.abort();
  };
  await consume({ stage: notify, concurrency: 2, handle }, queue, stop.signal, ({ error }) => {
    throw error;
  });
  expect(handled).toEqual(['first', 'second']);
  expect(await queue.depth('notices')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
});
