import { localFigures } from '../../functions/adapters/local/figures.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { figuresContract } from './figures.ts';

figuresContract('this machine', async () => {
  const database = openLocalDatabase(':memory:');
  return { figures: localFigures(database), [Symbol.asyncDispose]: async () => database[Symbol.dispose]() };
});
