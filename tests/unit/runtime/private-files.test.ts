import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { keepPrivate } from '../../../functions/runtime/workstation/private-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

it('keeps images and the job table from others in a data folder that they may look into', async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const before = process.umask(0o022);
  try {
    await chmod(folder.path, 0o755);
    openLocalDatabase(at('jobs.sqlite'))[Symbol.dispose](); // as an earlier version left it
    await mkdir(at('store'));
    await writeFile(at('notes of the user.txt'), '');
    expect([await modeOf(at('jobs.sqlite')), await modeOf(at('store'))]).toEqual(['644', '755']);
    await keepPrivate(folder.path);
    using _database = openLocalDatabase(at('jobs.sqlite'), { durable: true });
    await using store = await openLocalObjectStore({ root: at('store') });
    await store.put({ bucket: 'inputs', key: 'o/j/a.tif' }, Buffer.alloc(100_000));
    const modes = ['jobs.sqlite', 'jobs.sqlite-wal', 'store', 'store/index.sqlite', 'store/objects'].map((name) =>
      modeOf(at(name)),
    );
    expect(await Promise.all(modes)).toEqual(['600', '600', '700', '600', '700']);
    expect([await modeOf(folder.path), await modeOf(at('notes of the user.txt'))]).toEqual(['755', '644']);
  } finally {
    process.umask(before);
  }
});
