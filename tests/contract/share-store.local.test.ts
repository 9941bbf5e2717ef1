import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localShareStore } from '../../functions/adapters/local/share-store.ts';
import { shareStoreContract } from './share-store.ts';

shareStoreContract('this machine', async (clock) => {
  const database = openLocalDatabase(':memory:');
  return {
    shares: localShareStore(database),
    jobs: localJobStore(database, clock),
    [Symbol.asyncDispose]: async () => database[Symbol.dispose](),
  };
});
