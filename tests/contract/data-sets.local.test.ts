import { localDataSets } from '../../functions/adapters/local/data-sets.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { dataSetsContract } from './data-sets.ts';

dataSetsContract('this machine', async () => {
  const database = openLocalDatabase(':memory:');
  return { ...localDataSets(database), [Symbol.asyncDispose]: async () => database[Symbol.dispose]() };
});
