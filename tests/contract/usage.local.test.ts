import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localUsage } from '../../functions/adapters/local/usage.ts';
import { usageContract } from './usage.ts';

usageContract('this machine', async () => {
  const database = openLocalDatabase(':memory:');
  return { ...localUsage(database), [Symbol.asyncDispose]: async () => database[Symbol.dispose]() };
});
