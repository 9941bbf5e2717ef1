import { manualClock } from '../support/manual-clock.ts';
import { memoryQueue } from '../support/memory/queue.ts';
import { attempts, queueContract } from './queue.ts';

queueContract('memory', async () => {
  const clock = manualClock();
  return { queue: memoryQueue(clock, attempts), pass: async (seconds) => clock.advance(seconds) };
});
