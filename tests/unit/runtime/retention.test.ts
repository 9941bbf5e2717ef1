import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { localJobStore } from '../../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { localModels } from '../../../functions/adapters/local/models.ts';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { localSignedAccess } from '../../../functions/adapters/local/signed-access.ts';
import { inputRef } from '../../../functions/core/object-keys.ts';
import { retain } from '../../../functions/runtime/workstation/retention.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const day = 24 * 60 * 60; // seconds

it('removes jobs of everybody that ended long enough ago, with their images, and no others', async () => {
  await using folder = await temporaryFolder();
  using database = openLocalDatabase(join(folder.path, 'jobs.sqlite'));
  await using objects = await openLocalObjectStore({ root: join(folder.path, 'store') });
  const clock = manualClock();
  const jobs = localJobStore(database, clock);
  const models = localModels(database, clock);
  const signed = localSignedAccess({ objects, secret: Buffer.alloc(32), base: 'http://127.0.0.1/objects', clock });
  const make = async (owner: string, id: string, end: boolean) => {
    await jobs.create({ owner, id, name: id, settings: { model: { name: 'm', sha256: 'a'.repeat(64) } } });
    await objects.put(inputRef({ owner, id }, 'a.tif'), Buffer.from('image'));
    if (end) await jobs.cancel({ owner, id });
  };
  await make('ada', 'old', true);
  await make('ben', 'old', true);
  await make('ada', 'running', false);
  clock.advance(3 * day);
  await make('ada', 'young', true);
  clock.advance(4 * day + 1);

  expect(await retain({ jobs, models, objects, signed }, clock.now(), undefined)).toBe(0);
  expect(await retain({ jobs, models, objects, signed }, clock.now(), 7)).toBe(2);
  expect((await jobs.list('ada')).items.map(({ id }) => id)).toEqual(['young', 'running']);
  expect((await jobs.list('ben')).items).toEqual([]);
  expect((await objects.list('inputs', '')).objects.map(({ key }) => key)).toEqual([
    'ada/running/a.tif',
    'ada/young/a.tif',
  ]);
});
