import { join } from 'node:path';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { jobStorageContract } from './job-storage.ts';
import { jobStoreContract } from './job-store.ts';

async function open(clock: ManualClock) {
  const folder = await temporaryFolder();
  const database = openLocalDatabase(join(folder.path, 'labdeploy.sqlite'));
  return {
    ...localJobStore(database, clock),
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

jobStoreContract('this machine', open);
jobStorageContract('this machine', open);
