import { join } from 'node:path';
import { localDataSets } from '../../functions/adapters/local/data-sets.ts';
import { localFigures } from '../../functions/adapters/local/figures.ts';
import { localIdempotencyStore } from '../../functions/adapters/local/idempotency-store.ts';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localModels } from '../../functions/adapters/local/models.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localPictures } from '../../functions/adapters/local/pictures.ts';
import { localPlanRequests } from '../../functions/adapters/local/plan-requests.ts';
import { localShareStore } from '../../functions/adapters/local/share-store.ts';
import { localSignedAccess } from '../../functions/adapters/local/signed-access.ts';
import { localUsage } from '../../functions/adapters/local/usage.ts';
import { dataSetPrefix } from '../../functions/core/object-keys.ts';
import { manualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';
import { type OwnerWorld, ownerStoresContract } from './owner-stores.ts';

ownerStoresContract('this machine', async (): Promise<OwnerWorld> => {
  const folder = await temporaryFolder();
  const clock = manualClock();
  const database = openLocalDatabase(':memory:');
  const root = join(folder.path, 'store');
  const objects = await openLocalObjectStore({ root, clock });
  const tables = database.sql.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return {
    clock,
    ports: {
      ...{ objects, clock },
      jobs: localJobStore(database, clock),
      signed: localSignedAccess({ objects, secret: Buffer.alloc(32, 1), base: 'http://127.0.0.1:1', clock }),
      usage: localUsage(database),
      answers: localIdempotencyStore(database, clock),
      models: localModels(database, clock),
      shares: localShareStore(database),
      pictures: localPictures(database, clock),
      figures: localFigures(database),
      planRequests: localPlanRequests(database),
      teaching: {
        dataSets: localDataSets(database),
        teacher: { forget: async (dataSet) => void (await objects.removeAll('datasets', dataSetPrefix(dataSet))) },
      },
    },
    async dump() {
      const rows = tables.map(({ name }) => database.sql.prepare(`SELECT * FROM "${name}"`).all());
      return JSON.stringify([rows, await treeOf(root)]);
    },
    async close() {
      await objects[Symbol.asyncDispose]();
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});
