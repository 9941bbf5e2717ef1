import { join } from 'node:path';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { manualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { attempts, queueContract } from './queue.ts';

queueContract('this machine', async () => {
  const folder = await temporaryFolder();
  const database = openLocalDatabase(join(folder.path, 'labdeploy.sqlite'));
  const clock = manualClock();
  const queue = {
    ...localQueue(database, clock, attempts),
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
  return { queue, pass: async (seconds) => clock.advance(seconds) };
});
