import { manualClock } from '../support/manual-clock.ts';
import { memoryOneTimeStore } from '../support/memory-one-time-store.ts';
import { oneTimeStoreContract } from './one-time-store.ts';

oneTimeStoreContract('memory', async () => {
  const clock = manualClock();
  return { store: memoryOneTimeStore(clock), pass: (seconds) => clock.advance(seconds), close: async () => {} };
});
