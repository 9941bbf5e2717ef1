import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localAgreements, localBaseResources, localPictures } from '../../functions/adapters/local/pictures.ts';
import { picturesContract } from './pictures.ts';

picturesContract('this machine', async (clock) => {
  const database = openLocalDatabase(':memory:');
  return {
    pictures: localPictures(database, clock),
    agreements: localAgreements(database, clock),
    bases: localBaseResources(database),
    [Symbol.asyncDispose]: async () => database[Symbol.dispose](),
  };
});
