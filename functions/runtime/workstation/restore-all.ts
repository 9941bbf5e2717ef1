import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { localJobStore } from '../../adapters/local/job-store.ts';
import { openLocalDatabase } from '../../adapters/local/local-database.ts';
import { localPlanRequests } from '../../adapters/local/plan-requests.ts';
import { localQueue } from '../../adapters/local/queue.ts';
import { countAway } from '../../jobs/count-away.ts';
import { systemClock } from '../../ports/clock.ts';
import { attempts } from '../../stages/stages.ts';

/**
 * After a person of a data folder was given a plan, also while its service runs: what they asked for is answered, and what
 * was archived of them comes back where the plan does not archive any more. Returns how many jobs that are.
 */
export async function restoreAllIn(dataFolder: string, owner: string): Promise<number> {
  const file = join(dataFolder, 'jobs.sqlite');
  if (!existsSync(file)) return 0;
  using database = openLocalDatabase(file, { durable: true });
  const jobs = localJobStore(database, systemClock);
  const away = await countAway(jobs, owner);
  if (away > 0) await localQueue(database, systemClock, attempts).send('cold', [{ kind: 'restoreAll', owner }]);
  await localPlanRequests(database).remove(owner);
  return away;
}
