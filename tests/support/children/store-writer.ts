// Changes the stores in a folder as fast as it can and says what was acknowledged, a line each, until it is killed.
import { join } from 'node:path';
import { localJobStore } from '../../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../../functions/adapters/local/queue.ts';
import { ulid } from '../../../functions/core/ulid.ts';
import { editLog } from '../../../functions/jobs/edit-log.ts';
import { systemClock } from '../../../functions/ports/clock.ts';
import { attemptsOf } from '../attempts.ts';
import { noise } from '../bytes.ts';

const [folder, round] = process.argv.slice(2) as [string, string];
const database = openLocalDatabase(join(folder, 'labdeploy.sqlite'));
const jobs = localJobStore(database, systemClock);
const queue = localQueue(database, systemClock, attemptsOf(5));
const objects = await openLocalObjectStore({ root: join(folder, 'store') });
const log = editLog(objects);
const job = { owner: 'olga', id: `round-${round}` };

/** Written before the next change begins: what the reader saw was acknowledged. */
const acknowledged = (what: object) =>
  new Promise<void>((resolve) => {
    process.stdout.write(`${JSON.stringify(what)}\n`, () => resolve());
  });

await jobs.create({ ...job, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
await acknowledged({ created: job.id });
for (let n = 0; ; n++) {
  const path = `${n}.tif`;
  await jobs.expect(job, [{ path, bytes: n }]);
  await acknowledged({ expected: path });
  await queue.send('files', [{ ...job, path }]);
  await acknowledged({ sent: path });
  await objects.put({ bucket: 'inputs', key: `olga/${job.id}/${path}` }, noise(n % 7 === 0 ? 300_000 : 100, n % 250));
  await acknowledged({ put: path });
  await objects.put({ bucket: 'inputs', key: `olga/${job.id}/same` }, noise(100_000, n % 250));
  await acknowledged({ replaced: n });
  await jobs.finishFile(job, path, { state: 'done' });
  await acknowledged({ finished: path });
  const made = { by: { id: 'olga', name: 'olga' }, at: '2026-11-30T10:00:00.000Z' };
  const plane = { position: 0, time: 0, depth: 0 };
  const id = ulid(n, Buffer.alloc(16, Number(round)));
  const operations = [{ id, plane, tool: 'delete' as const, do: 'delete' as const, objects: [n + 1] }];
  await log.append({ ...job, path: 'corrected.tif' }, n, { ...made, operations });
  await acknowledged({ corrected: id });
}
