import { join } from 'node:path';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { jobStoreContract } from './job-store.ts';

jobStoreContract('this machine', async (clock) => {
  const folder = await temporaryFolder();
  const database = openLocalDatabase(join(folder.path, 'labdeploy.sqlite'));
  return {
    ...localJobStore(database, clock),
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});
