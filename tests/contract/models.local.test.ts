import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localModels } from '../../functions/adapters/local/models.ts';
import { modelsContract } from './models.ts';

modelsContract('this machine', async (clock) => {
  const database = openLocalDatabase(':memory:');
  return { ...localModels(database, clock), [Symbol.asyncDispose]: async () => database[Symbol.dispose]() };
});
