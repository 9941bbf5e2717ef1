import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { localJobStore } from '../../adapters/local/job-store.ts';
import { openLocalDatabase } from '../../adapters/local/local-database.ts';
import { localQueue } from '../../adapters/local/queue.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import { systemClock } from '../../ports/clock.ts';
import { attempts } from '../../stages/stages.ts';

/**
 * Has the service of a data folder bring back what it archived of a person whose plan does not archive any more, also
 * while it runs. Returns how many jobs that are.
 */
export async function restoreAllIn(dataFolder: string, owner: string): Promise<number> {
  const file = join(dataFolder, 'jobs.sqlite');
  if (!existsSync(file)) return 0;
  using database = openLocalDatabase(file, { durable: true });
  const jobs = localJobStore(database, systemClock);
  let away = 0;
  for await (const { storage } of allItems((page) => jobs.list(owner, page)))
    if (storage !== undefined && (storage.state !== 'live' || storage.dueAt !== undefined)) away++;
  if (away > 0) await localQueue(database, systemClock, attempts).send('cold', [{ kind: 'restoreAll', owner }]);
  return away;
}
